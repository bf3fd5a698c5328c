// the connection's effects ↔ a real WebSocket and real timers. All decisions are in `store/connection.ts`.
import { step, START, type Connection, type Effect, type Input } from "./store/connection";
import type { Delta, FromCenter, Snapshot, Topic } from "./wire";

const TICK_MS = 250;
const NO_CODE = 0;

export interface Listener {
  /** Something was heard of the center: a time of its clock. */
  heard(serverTimeUs: number, fresh: boolean): void;
  apply(message: Snapshot | Delta, resumed: boolean): void;
  changed(connection: Connection): void;
  checkSession(): void;
  leave(): void;
  reload(): void;
}

export class Socket {
  state: Connection;
  private socket: WebSocket | null = null;
  private retry: number | undefined;
  /** What has come of a message that comes in pieces. */
  private pieces: string[] = [];
  private missing = 0;
  private readonly listener: Listener;

  /** `topics`: what the page asks for; the wall's where none are named. */
  constructor(listener: Listener, topics?: readonly Topic[]) {
    this.listener = listener;
    this.state = topics ? { ...START, topics } : START;
  }

  start(): void {
    window.setInterval(() => this.input({ kind: "tick" }), TICK_MS);
    window.addEventListener("online", () => this.input({ kind: "wake" }));
    window.addEventListener("offline", () => this.input({ kind: "closed", code: NO_CODE }));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.input({ kind: "wake" });
    });
    this.input({ kind: "start" });
  }

  input(input: Input): void {
    const [state, effects] = step(this.state, input, { nowMs: performance.now(), chance: Math.random() });
    const moved = state.phase !== this.state.phase;
    this.state = state;
    for (const effect of effects) this.run(effect);
    if (moved) this.listener.changed(this.state);
  }

  private run(effect: Effect): void {
    switch (effect.kind) {
      case "open":
        return this.open();
      case "close":
        return this.close();
      case "send":
        if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(effect.message));
        return;
      case "retry_in":
        window.clearTimeout(this.retry);
        this.retry = window.setTimeout(() => this.input({ kind: "retry" }), effect.ms);
        return;
      case "apply":
        return this.listener.apply(effect.message, effect.resumed);
      case "check_session":
        return this.listener.checkSession();
      case "leave":
        return this.listener.leave();
      case "reload":
        return this.listener.reload();
    }
  }

  private open(): void {
    this.close();
    const address = new URL("/ws", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.socket = socket;
    this.pieces = [];
    this.missing = 0;
    // A socket that was given up says nothing more: each handler belongs to its own socket.
    const mine = () => this.socket === socket;
    socket.onopen = () => mine() && this.input({ kind: "opened" });
    socket.onclose = (event) => mine() && this.input({ kind: "closed", code: event.code });
    socket.onmessage = (event: MessageEvent<string>) => mine() && this.hear(event.data);
  }

  private close(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket && socket.readyState < WebSocket.CLOSING) socket.close();
  }

  private hear(data: string): void {
    if (this.missing > 0) {
      this.missing -= 1;
      this.pieces.push(data);
      if (this.missing > 0) return this.input({ kind: "piece" });
      data = this.pieces.join("");
      this.pieces = [];
    }
    const message = JSON.parse(data) as FromCenter;
    const time = "server_time_us" in message ? message.server_time_us : null;
    if (time != null) this.listener.heard(time, message.type === "hello");
    if (message.type === "pieces") this.missing = message.count;
    this.input({ kind: "message", message });
  }
}
