// passages as they come, in any order and more than once → the latest ones, and those that somebody has to look at. Pure.
//
// Bounded: the KEPT latest ones stay, and of older ones only warnings that nobody has looked at, MOST_WARNINGS at most, the oldest go first.
import type { Passage } from "../api/checkin";
import type { LivePassage } from "../wire";
import { isWarning } from "./results";

export const KEPT = 200;
export const MOST_WARNINGS = 50;
const MOST_SEEN = 1_000;
/** What is found at the start and is older has been looked at by whoever sat here before. */
const OLD_US = 600_000_000;

export interface Arrivals {
  /** The newest first. */
  readonly latest: readonly LivePassage[];
  /** Ids of warnings that were looked at, oldest first. */
  readonly seen: readonly string[];
}

export const NONE: Arrivals = { latest: [], seen: [] };

export function live(passage: Passage): LivePassage {
  const { at, received, ...rest } = passage;
  return { ...rest, at_us: Date.parse(at) * 1000, received_us: Date.parse(received) * 1000 };
}

/** When it was, as far as can be believed. */
export function whenUs(passage: LivePassage): number {
  return Math.min(passage.at_us, passage.received_us);
}

export function told(arrivals: Arrivals, passages: readonly LivePassage[]): Arrivals {
  if (passages.length === 0) return arrivals;
  const known = new Map(arrivals.latest.map((one) => [one.id, one]));
  for (const one of passages) known.set(one.id, one);
  const sorted = [...known.values()].sort((a, b) => whenUs(b) - whenUs(a) || (a.id < b.id ? 1 : -1));
  const seen = new Set(arrivals.seen);
  const older = sorted.slice(KEPT).filter((one) => isWarning(one.result) && !seen.has(one.id));
  return { ...arrivals, latest: [...sorted.slice(0, KEPT), ...older.slice(0, MOST_WARNINGS)] };
}

/** The first look at a list: what was refused long ago stands out no more. `nowUs`: by the center's clock; else since the last passage. */
export function begun(passages: readonly LivePassage[], nowUs: number | null): Arrivals {
  const us = nowUs ?? Math.max(...passages.map(whenUs));
  const old = passages.filter((one) => isWarning(one.result) && us - whenUs(one) > OLD_US);
  return told({ latest: [], seen: old.map((one) => one.id).slice(-MOST_SEEN) }, passages);
}

export function warnings(arrivals: Arrivals): LivePassage[] {
  const seen = new Set(arrivals.seen);
  return arrivals.latest.filter((one) => isWarning(one.result) && !seen.has(one.id)).slice(0, MOST_WARNINGS);
}

export function looked(arrivals: Arrivals, id: string): Arrivals {
  return { ...arrivals, seen: [...arrivals.seen, id].slice(-MOST_SEEN) };
}
