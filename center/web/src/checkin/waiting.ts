// what is done at the desk → kept until the center has it, also over a closed browser. Pure but for the last two functions.
//
// Everything is written down before it is sent, and what the center refused afterwards until somebody has looked at it. Bounded: MOST are
// kept, and one more is refused in so many words: what is written down is never dropped.
import type { PassageIn } from "../api/checkin";

export const MOST = 500;
const LONGEST_S = 48 * 3_600;
const KEY = "wardroom.desk.waiting";

export interface Waiting {
  readonly list: string;
  /** Who it is for people: a name, or a badge's code. */
  readonly who: string;
  readonly atMs: number;
  /** The page it was done on, and when by that page's own clock, which nobody can set. */
  readonly page: string;
  readonly pageMs: number;
  readonly given: PassageIn;
  /** It was sent once in vain: it waits. */
  readonly late?: boolean;
  /** Why it was refused when it was sent at last. */
  readonly refused?: string;
}

export interface Moment {
  readonly wallMs: number;
  readonly page: string;
  readonly pageMs: number;
}

/** Whether what was answered so is sent again: the center is away or busy, or whoever sits here has to sign in anew. */
export function isLater(status: number): boolean {
  return status >= 500 || status === 401 || status === 408 || status === 429;
}

/** A page's clock stands still while the computer sleeps; beyond that the other clock was set, as it may be once the network is back. */
const SLEEP_MS = 4 * 3_600_000;

/** How long ago it was done, in seconds, whatever became of the computer's clock since; of a page closed meanwhile as far as that tells. */
export function agoS(one: Waiting, now: Moment): number {
  const wallMs = now.wallMs - one.atMs;
  const pageMs = now.pageMs - one.pageMs;
  const slept = wallMs - pageMs;
  const believed = now.page !== one.page || (slept >= 0 && slept <= SLEEP_MS) ? wallMs : pageMs;
  return Math.min(Math.max(0, believed / 1_000), LONGEST_S);
}

/** What another page wrote down may be on its way from there: so long it is left to it. */
const UNDER_WAY_MS = 10_000;

/** Whether it is to be sent from here: not from where it is being sent now. */
export function isDue(one: Waiting, now: Moment): boolean {
  const agoMs = now.wallMs - one.atMs;
  return one.refused === undefined && (one.late === true || agoMs < 0 || agoMs >= UNDER_WAY_MS);
}

/** Null where no more can wait. */
export function added(all: readonly Waiting[], one: Waiting): readonly Waiting[] | null {
  if (all.some((other) => other.given.id === one.given.id)) return all;
  return all.length >= MOST ? null : [...all, one];
}

export function changed(
  all: readonly Waiting[],
  id: string,
  now: Pick<Waiting, "late" | "refused">,
): readonly Waiting[] {
  return all.map((one) => (one.given.id === id ? { ...one, ...now } : one));
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
  const { list, who, atMs, page, pageMs, given } = kept as Partial<Record<keyof Waiting, unknown>>;
  const timed = typeof atMs === "number" && typeof page === "string" && typeof pageMs === "number";
  const known = typeof list === "string" && typeof who === "string" && timed;
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
