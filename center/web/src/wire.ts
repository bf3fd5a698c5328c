// Generated from wardroom/live.py and wardroom/flags.py by `wardroom docs`; a change belongs there.

/** Seconds between pings; twice as long without a word is a lost connection. */
export const PING_S = 2.0;

/** Seconds the next piece of the first picture may take, as at the center. */
export const PATIENCE_S = 10.0;

/** Minutes a trail goes back. */
export const TRAIL_MINUTES = 60;

/** The last events a screen shows, besides lasting faults. */
export const EVENTS_SHOWN = 200;

/** Bits of `reading.flags`. */
export const Flag = {
  CLOCK_AHEAD: 1,
  CLOCK_UNSET: 2,
  STALE: 4,
} as const;

/** WebSocket close codes of ours (RFC 6455 section 7.4.2: 4000-4999 are private). */
export const CloseCode = {
  SIGNED_OUT: 4401,
  BAD_MESSAGE: 4400,
  TOO_SLOW: 4408,
  SILENT: 4409,
  CENTER_STOPS: 1001,
} as const;

/** What a screen may ask for. */
export type Topic = "readings" | "gateways" | "events" | "greetings" | "passages";

/** Why a snapshot comes: asked for, what was missed cannot be told any more, or what was told is not to be shown any more. */
export type SnapshotReason = "first" | "center_restarted" | "too_far_behind" | "erased";

/** A place with gateways. */
export interface LiveSite {
  readonly id: string;
  readonly name_vi: string;
  readonly name_en: string;
  readonly kind: string;
}

/**
 * A gateway: its session's word (`state`), its heartbeat, its own statistics. Three facts, never mixed.
 *
 * `state`: online, stopped, offline, or unknown (never heard of its session). `skew_s`: the gateway's clock minus ours.
 */
export interface LiveGateway {
  readonly site: string;
  readonly id: string;
  readonly name_vi: string;
  readonly name_en: string;
  readonly state: string;
  readonly state_since_us: number | null;
  readonly heartbeat_us: number | null;
  readonly skew_s: number | null;
  readonly outbox_packs: number;
  readonly outbox_bytes: number;
  readonly dropped: number;
  readonly quarantined: number;
  readonly temperature_c: number | null;
  readonly disk_free_bytes: number | null;
}

/** One quantity of one sensor. `period_s`: the longest silence that is normal, null where no birth told. */
export interface LiveSeries {
  readonly id: number;
  readonly site: string;
  readonly gateway: string;
  readonly sensor: string;
  readonly sensor_name_vi: string;
  readonly sensor_name_en: string;
  readonly quantity: string;
  readonly unit: string;
  readonly period_s: number | null;
}

/**
 * The latest of one series. `trail`: (minute since 1970, last value in it) of the last hour, where the screen needs it anew.
 *
 * `flags` as in `wardroom.flags`. A screen keeps its own trail from consecutive deltas by the same rule: last value of each minute.
 */
export interface LiveReading {
  readonly series: number;
  readonly time_us: number;
  readonly received_us: number;
  readonly value: number;
  readonly flags: number;
  readonly trail: readonly (readonly [number, number])[] | null;
}

/** One CloudEvent; `data` is its data, flat. */
export interface LiveEvent {
  readonly seq: number;
  readonly site: string;
  readonly gateway: string;
  readonly id: string;
  readonly type: string;
  readonly time_us: number;
  readonly received_us: number;
  readonly offline: boolean;
  readonly subject: string | null;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** Somebody came in at a gate: what its welcome screen says of them. `result` as in `wardroom.admission`; `photo`: may be shown. */
export interface LiveGreeting {
  readonly id: string;
  readonly gate: string;
  readonly occasion: string;
  readonly at_us: number;
  readonly result: string;
  readonly title: string;
  readonly name: string;
  readonly position: string;
  readonly unit: string;
  readonly seat: string;
  readonly photo: boolean;
}

/**
 * Somebody at a gate or a desk, for those who run the check-in; `delegate` and what describes them is null for the unknown.
 *
 * `direction`, `method`, `result` as in `wardroom.admission`. `evidence`: the digest of the best shot. `by`: whose hand it was.
 */
export interface LivePassage {
  readonly id: string;
  readonly occasion: string;
  readonly list: string;
  readonly gate: string | null;
  readonly at_us: number;
  readonly received_us: number;
  readonly direction: string;
  readonly method: string;
  readonly result: string;
  readonly delegate: string | null;
  readonly person: string | null;
  readonly title: string;
  readonly name: string;
  readonly position: string;
  readonly unit: string;
  readonly delegation: string;
  readonly seat: string;
  readonly score: number | null;
  readonly stranger: string | null;
  readonly evidence: string | null;
  readonly offline: boolean;
  readonly rehearsal: boolean;
  readonly overridden: boolean;
  readonly by: string | null;
  readonly reason: string | null;
}

/** The first word of the center on every connection. */
export interface Hello {
  readonly type: "hello";
  readonly boot: string;
  readonly seq: number;
  readonly server_time_us: number;
  readonly ping_s: number;
  readonly version: string;
}

/** All a screen shows, as of `seq`: it forgets what it had. */
export interface Snapshot {
  readonly type: "snapshot";
  readonly seq: number;
  readonly reason: SnapshotReason;
  readonly sites: readonly LiveSite[];
  readonly gateways: readonly LiveGateway[];
  readonly series: readonly LiveSeries[];
  readonly readings: readonly LiveReading[];
  readonly events: readonly LiveEvent[];
  readonly greetings: readonly LiveGreeting[];
  readonly passages: readonly LivePassage[];
}

/** What changed between `since` and `seq`: upserts by id, and new events in order. */
export interface Delta {
  readonly type: "delta";
  readonly since: number;
  readonly seq: number;
  readonly sites?: readonly LiveSite[];
  readonly gateways?: readonly LiveGateway[];
  readonly series?: readonly LiveSeries[];
  readonly readings?: readonly LiveReading[];
  readonly events?: readonly LiveEvent[];
  readonly greetings?: readonly LiveGreeting[];
  readonly passages?: readonly LivePassage[];
}

/** The next `count` messages are pieces of one, in order; joined they are that message. */
export interface Pieces {
  readonly type: "pieces";
  readonly count: number;
}

/** From either side; `server_time_us` only from the center, so that a screen's ages do not depend on its own clock. */
export interface Ping {
  readonly type: "ping";
  readonly server_time_us?: number | null;
}

/** The answer to a ping. */
export interface Pong {
  readonly type: "pong";
  readonly server_time_us?: number | null;
}

/** A message of the screen that was no message; the connection is closed after it. */
export interface Refused {
  readonly type: "refused";
  readonly detail: string;
}

/** Where a screen stood when it lost the connection. */
export interface Since {
  readonly boot: string;
  readonly seq: number;
}

/**
 * The first word of a screen: what it wants, and from where on.
 *
 * `pieces`: long messages come in pieces, for a screen that sees only whole messages (a browser's) and would take a long one for silence.
 */
export interface Subscribe {
  readonly type: "subscribe";
  readonly topics?: readonly Topic[];
  readonly since?: Since | null;
  readonly pieces?: boolean;
}

/** Everything the center says. */
export type FromCenter = Hello | Snapshot | Delta | Pieces | Ping | Pong | Refused;

/** Everything a screen says. */
export type FromScreen = Subscribe | Ping | Pong;
