import { describe, expect, it } from "vitest";
import { retryDelayMs, START, step, type Connection, type Effect, type Input } from "../src/store/connection";
import type { FromCenter } from "../src/wire";
import { delta, hello, snapshot } from "./factories";

/** A connection driven by hand: what it was told to do, and its state. */
class Driven {
  state: Connection = START;
  now = 0;
  done: Effect[] = [];

  on(input: Input, afterMs = 0): this {
    this.now += afterMs;
    const [state, effects] = step(this.state, input, { nowMs: this.now, chance: 0.5 });
    this.state = state;
    this.done = [...effects];
    return this;
  }

  hear(message: FromCenter, afterMs = 0): this {
    return this.on({ kind: "message", message }, afterMs);
  }

  kinds(): string[] {
    return this.done.map((effect) => effect.kind);
  }
}

function opened(): Driven {
  return new Driven().on({ kind: "start" }).on({ kind: "opened" });
}

function live(): Driven {
  return opened().hear(hello()).hear(snapshot());
}

describe("a connection", () => {
  it("opens, greets, subscribes and is live with the snapshot", () => {
    const driven = new Driven().on({ kind: "start" });
    expect(driven.kinds()).toEqual(["open"]);
    driven.on({ kind: "opened" }).hear(hello());
    expect(driven.done).toEqual([
      { kind: "send", message: { type: "subscribe", topics: ["readings", "gateways", "events"], pieces: true } },
    ]);
    expect(driven.state.phase).toBe("syncing");
    driven.hear(snapshot());
    expect(driven.kinds()).toEqual(["apply"]);
    expect(driven.state).toMatchObject({ phase: "live", boot: "b1", seq: 10, everLive: true });
  });

  it("answers a ping and sends its own", () => {
    const driven = live().hear({ type: "ping", server_time_us: 1 }, 1000);
    expect(driven.done).toEqual([{ kind: "send", message: { type: "pong" } }]);
    driven.on({ kind: "tick" }, 1000);
    expect(driven.done).toEqual([{ kind: "send", message: { type: "ping" } }]);
    driven.on({ kind: "tick" }, 500);
    expect(driven.done).toEqual([]);
  });

  it("calls a silence of two pings a lost connection, within five seconds", () => {
    const driven = live().on({ kind: "tick" }, 3900);
    expect(driven.state.phase).toBe("live");
    driven.on({ kind: "tick" }, 250);
    expect(driven.state.phase).toBe("waiting");
    expect(driven.kinds()).toEqual(["close", "retry_in"]);
    expect(driven.now).toBeLessThan(5000);
  });

  it("resumes where it stood", () => {
    const driven = live().hear(delta(10, 14)).on({ kind: "closed", code: 1006 }).on({ kind: "retry" });
    driven.on({ kind: "opened" }).hear(hello({ seq: 20 }));
    expect(driven.done).toEqual([
      {
        kind: "send",
        message: {
          type: "subscribe",
          topics: ["readings", "gateways", "events"],
          pieces: true,
          since: { boot: "b1", seq: 14 },
        },
      },
    ]);
    expect(driven.state.phase).toBe("syncing");
    driven.hear(delta(14, 20));
    expect(driven.state).toMatchObject({ phase: "live", seq: 20 });
    expect(driven.done).toMatchObject([{ kind: "apply", resumed: true }]);
  });

  it("is live at once where nothing was missed", () => {
    const driven = live().on({ kind: "closed", code: 1006 }).on({ kind: "retry" });
    driven.on({ kind: "opened" }).hear(hello({ seq: 10 }));
    expect(driven.state.phase).toBe("live");
  });

  it("takes the sequence of another center from its snapshot", () => {
    const driven = live().on({ kind: "closed", code: 1006 }).on({ kind: "retry" });
    driven.on({ kind: "opened" }).hear(hello({ boot: "b2", seq: 3 }));
    expect(driven.state.boot).toBe("b1");
    driven.hear(snapshot({ seq: 3, reason: "center_restarted" }));
    expect(driven.state).toMatchObject({ phase: "live", boot: "b2", seq: 3 });
  });

  it("starts over at a hole in the sequence", () => {
    const driven = live().hear(delta(12, 13));
    expect(driven.state.phase).toBe("waiting");
    expect(driven.kinds()).not.toContain("apply");
    expect(driven.state.seq).toBe(10);
  });

  it("loads the page anew when the center has another version", () => {
    const driven = live().on({ kind: "closed", code: 1001 }).on({ kind: "retry" });
    driven.on({ kind: "opened" }).hear(hello({ version: "1.1" }));
    expect(driven.kinds()).toEqual(["close", "reload"]);
    expect(driven.on({ kind: "tick" }, 60_000).done).toEqual([]);
  });

  it.each([
    ["refused at the door", () => new Driven().on({ kind: "start" }).on({ kind: "closed", code: 1006 }), true],
    ["signed out elsewhere", () => live().on({ kind: "closed", code: 4401 }), true],
    ["too slow", () => live().on({ kind: "closed", code: 4408 }), false],
  ])("asks for its session when %s", (_, driven, asks) => {
    expect(driven().kinds().includes("check_session")).toBe(asks);
  });

  it("goes to the sign-in page when the session is gone, once", () => {
    const driven = live().on({ kind: "signed_out" });
    expect(driven.kinds()).toEqual(["close", "leave"]);
    expect(driven.on({ kind: "retry" }).done).toEqual([]);
  });

  it("gives up a center that lets it wait", () => {
    const driven = opened().on({ kind: "tick" }, 8500);
    expect(driven.state.phase).toBe("waiting");
  });

  it("waits for a long picture as long as pieces of it come, and says meanwhile that it is there", () => {
    const driven = opened().hear(hello());
    for (let piece = 0; piece < 10; piece++) {
      driven.on({ kind: "tick" }, 2500);
      expect(driven.done).toEqual([{ kind: "send", message: { type: "ping" } }]);
      driven.on({ kind: "piece" }, 2500);
    }
    expect(driven.state.phase).toBe("syncing");
    expect(driven.hear(snapshot()).state.phase).toBe("live");
  });

  it("gives up a picture of which nothing comes, not before the center would", () => {
    const driven = opened().hear(hello()).on({ kind: "piece" }, 5000);
    expect(driven.on({ kind: "tick" }, 9900).state.phase).toBe("syncing");
    expect(driven.on({ kind: "tick" }, 100).kinds()).toEqual(["close", "retry_in"]);
  });

  it("takes a piece of a long change for a sign of life", () => {
    const driven = live().on({ kind: "piece" }, 3900).on({ kind: "tick" }, 3900);
    expect(driven.state.phase).toBe("live");
    expect(driven.on({ kind: "tick" }, 250).state.phase).toBe("waiting");
  });

  it("waits longer after each failure, never for long, and never in step with others", () => {
    expect([0, 1, 2, 3, 20].map((attempts) => retryDelayMs(attempts, 0.999))).toEqual([500, 1000, 1999, 3998, 7996]);
    expect(retryDelayMs(20, 0)).toBe(4000);
  });

  it("forgets its failures only after it was live for a while", () => {
    const driven = live();
    driven.state = { ...driven.state, attempts: 3 };
    driven.hear({ type: "ping" }, 9000).on({ kind: "tick" }, 100);
    expect(driven.state.attempts).toBe(3);
    driven.hear({ type: "ping" }, 1000).on({ kind: "tick" }, 100);
    expect(driven.state.attempts).toBe(0);
  });

  it("tries at once when the network is back", () => {
    const driven = live().on({ kind: "closed", code: 1006 }).on({ kind: "wake" });
    expect(driven.kinds()).toEqual(["open"]);
    expect(driven.on({ kind: "retry" }).done).toEqual([]);
  });
});
