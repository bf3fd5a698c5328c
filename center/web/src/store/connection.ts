// what happens to a screen's connection → its next state and what to do about it. Pure: time and chance are arguments.
import {
  CloseCode,
  PATIENCE_S,
  PING_S,
  type Delta,
  type FromCenter,
  type FromScreen,
  type Hello,
  type Snapshot,
  type Topic,
} from "../wire";

export type Phase =
  | "idle"
  | "connecting" // a socket is being opened
  | "greeting" // open; waiting for hello
  | "syncing" // subscribed; waiting for a snapshot or for what was missed
  | "live"
  | "waiting" // lost; will try again
  | "left"; // signed out or reloading: nothing happens any more

export interface Connection {
  readonly phase: Phase;
  /** What this page asks for. */
  readonly topics: readonly Topic[];
  /** Since when in this phase, and when the center was last heard: milliseconds of a monotonic clock. */
  readonly phaseMs: number;
  readonly heardMs: number;
  readonly pingedMs: number;
  readonly pingMs: number;
  readonly attempts: number;
  readonly everLive: boolean;
  readonly version: string | null;
  /** The center whose sequence we hold, and how far: where to resume. */
  readonly boot: string | null;
  readonly seq: number;
  /** The boot of the center that said hello on this connection. */
  readonly greeted: string | null;
}

export type Input =
  | { readonly kind: "start" | "opened" | "tick" | "retry" | "wake" | "signed_out" }
  | { readonly kind: "piece" } // of a message that is not whole yet
  | { readonly kind: "closed"; readonly code: number }
  | { readonly kind: "message"; readonly message: FromCenter };

export type Effect =
  | { readonly kind: "open" | "close" | "check_session" | "leave" | "reload" }
  | { readonly kind: "send"; readonly message: FromScreen }
  | { readonly kind: "retry_in"; readonly ms: number }
  | { readonly kind: "apply"; readonly message: Snapshot | Delta; readonly resumed: boolean };

export interface Moment {
  readonly nowMs: number;
  /** 0 ≤ chance < 1. */
  readonly chance: number;
}

type Step = readonly [Connection, readonly Effect[]];

const OPENING_MS = 8_000;
/** The center ends a screen that takes next to nothing for so long: this side is not the first to give up a slow way. */
const SYNCING_MS = PATIENCE_S * 1000;
const STEADY_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 8_000;

/** What the wall shows. */
const WALL: readonly Topic[] = ["readings", "gateways", "events"];

export const START: Connection = {
  phase: "idle",
  topics: WALL,
  phaseMs: 0,
  heardMs: 0,
  pingedMs: 0,
  pingMs: PING_S * 1000,
  attempts: 0,
  everLive: false,
  version: null,
  boot: null,
  seq: 0,
  greeted: null,
};

/** Half the delay is certain, half is chance: walls that lost one center do not return in step. */
export function retryDelayMs(attempts: number, chance: number): number {
  const most = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts, 10));
  return Math.round(most * (0.5 + 0.5 * chance));
}

export function step(state: Connection, input: Input, moment: Moment): Step {
  if (state.phase === "left") return [state, []];
  switch (input.kind) {
    case "start":
    case "retry":
      return state.phase === "idle" || state.phase === "waiting" ? open(state, moment) : [state, []];
    case "wake":
      return state.phase === "waiting" ? open({ ...state, attempts: 0 }, moment) : [state, []];
    case "opened":
      return [{ ...entered(state, "greeting", moment), heardMs: moment.nowMs }, []];
    case "signed_out":
      return [entered(state, "left", moment), [{ kind: "close" }, { kind: "leave" }]];
    case "closed":
      return lose(state, moment, input.code);
    case "tick":
      return tick(state, moment);
    case "piece":
      return [{ ...state, heardMs: moment.nowMs }, []];
    case "message":
      return hear({ ...state, heardMs: moment.nowMs }, input.message, moment);
  }
}

function entered(state: Connection, phase: Phase, { nowMs }: Moment): Connection {
  return { ...state, phase, phaseMs: nowMs };
}

function open(state: Connection, moment: Moment): Step {
  return [{ ...entered(state, "connecting", moment), greeted: null }, [{ kind: "open" }]];
}

/** The connection is gone, or as good as gone. A socket refused at the door may mean that the session ended: ask. */
function lose(state: Connection, moment: Moment, code: number | null): Step {
  if (state.phase === "waiting" || state.phase === "idle") return [state, []];
  const effects: Effect[] = [{ kind: "close" }, { kind: "retry_in", ms: retryDelayMs(state.attempts, moment.chance) }];
  if (state.phase === "connecting" || state.phase === "greeting" || code === CloseCode.SIGNED_OUT) {
    effects.push({ kind: "check_session" });
  }
  return [{ ...entered(state, "waiting", moment), attempts: state.attempts + 1 }, effects];
}

function tick(state: Connection, moment: Moment): Step {
  const opening = state.phase === "connecting" || state.phase === "greeting";
  if (opening && moment.nowMs - state.phaseMs > OPENING_MS) return lose(state, moment, null);
  if (state.phase !== "syncing" && state.phase !== "live") return [state, []];
  // Before it is live the page calls itself lost anyway, and can be patient; a live one has to say so within 5 s.
  const silenceMs = state.phase === "live" ? 2 * state.pingMs : SYNCING_MS;
  if (moment.nowMs - state.heardMs >= silenceMs) return lose(state, moment, null);
  const steady = state.phase === "live" && moment.nowMs - state.phaseMs > STEADY_MS ? { ...state, attempts: 0 } : state;
  if (moment.nowMs - state.pingedMs < state.pingMs) return [steady, []];
  return [{ ...steady, pingedMs: moment.nowMs }, [{ kind: "send", message: { type: "ping" } }]];
}

function hear(state: Connection, message: FromCenter, moment: Moment): Step {
  switch (message.type) {
    case "hello":
      return greet(state, message, moment);
    case "ping":
      return [state, [{ kind: "send", message: { type: "pong" } }]];
    case "snapshot":
      if (state.phase !== "syncing" && state.phase !== "live") return [state, []];
      return [
        { ...live(state, moment), boot: state.greeted, seq: message.seq },
        [{ kind: "apply", message, resumed: true }],
      ];
    case "delta":
      return change(state, message, moment);
    case "pieces":
    case "pong":
    case "refused":
      return [state, []];
  }
}

function greet(state: Connection, hello: Hello, moment: Moment): Step {
  if (state.version !== null && state.version !== hello.version) {
    return [entered(state, "left", moment), [{ kind: "close" }, { kind: "reload" }]];
  }
  const known = { version: hello.version, greeted: hello.boot, pingMs: hello.ping_s * 1000, pingedMs: moment.nowMs };
  const since = state.boot === null ? null : { boot: state.boot, seq: state.seq };
  const asked: FromScreen = { type: "subscribe", topics: state.topics, pieces: true };
  const message: FromScreen = since ? { ...asked, since } : asked;
  const next = { ...entered(state, "syncing", moment), ...known };
  // Nothing happened meanwhile: what is shown is already the present.
  const same = state.boot === hello.boot && state.seq === hello.seq;
  return [same ? live(next, moment) : next, [{ kind: "send", message }]];
}

function live(state: Connection, moment: Moment): Connection {
  return state.phase === "live" ? state : { ...entered(state, "live", moment), everLive: true };
}

function change(state: Connection, delta: Delta, moment: Moment): Step {
  if (state.phase !== "syncing" && state.phase !== "live") return [state, []];
  if (delta.since > state.seq) return lose(state, moment, null);
  const resumed = state.phase === "syncing";
  const next = { ...live(state, moment), seq: Math.max(state.seq, delta.seq) };
  return [next, [{ kind: "apply", message: delta, resumed }]];
}
