// what was done while the center is away → kept until it is sent, also over a closed browser. Pure but for the last two functions.
//
// Bounded: MOST wait, and one more is refused in so many words: what is written down is never dropped.
import type { PassageIn } from "../api/checkin";

export const MOST = 500;
const LONGEST_S = 48 * 3_600;
const KEY = "wardroom.desk.waiting";

export interface Waiting {
  readonly list: string;
  /** Who it is for people: a name, or a badge's code. */
  readonly who: string;
  readonly atMs: number;
  readonly given: PassageIn;
}

/** Whether what was answered so is sent again: the center is away or busy, or whoever sits here has to sign in anew. */
export function isLater(status: number): boolean {
  return status >= 500 || status === 401 || status === 408 || status === 429;
}

/** How long ago it was done, in seconds: a clock that was set back since makes it now, one set far ahead the longest the center takes. */
export function agoS(one: Waiting, nowMs: number): number {
  return Math.min(Math.max(0, (nowMs - one.atMs) / 1_000), LONGEST_S);
}

/** Null where no more can wait. */
export function added(all: readonly Waiting[], one: Waiting): readonly Waiting[] | null {
  if (all.some((other) => other.given.id === one.given.id)) return all;
  return all.length >= MOST ? null : [...all, one];
}

export function without(all: readonly Waiting[], id: string): readonly Waiting[] {
  return all.filter((one) => one.given.id !== id);
}

/** What another version kept, or somebody else wrote there, is left out. */
export function parsed(text: string | null): readonly Waiting[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(kept) ? kept.filter(isWaiting).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isWaiting(kept: unknown): kept is Waiting {
  if (typeof kept !== "object" || kept === null) return false;
  const { list, who, atMs, given } = kept as Partial<Record<keyof Waiting, unknown>>;
  const known = typeof list === "string" && typeof who === "string" && typeof atMs === "number";
  return known && typeof given === "object" && given !== null && "id" in given && typeof given.id === "string";
}

export function kept(): readonly Waiting[] {
  return parsed(localStorage.getItem(KEY));
}

/** Return whether it is kept: a browser may be full, or told to keep nothing. */
export function keep(all: readonly Waiting[]): boolean {
  try {
    if (all.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(all));
    return true;
  } catch {
    return false;
  }
}
