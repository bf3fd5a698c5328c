// greetings as they come, time → who stands on the screen now, and in which places. Pure: time is an argument.
//
// Up to four at once. Who comes to a full screen waits; nobody is passed over. A newcomer takes the place of somebody whose time is over,
// then a free one, then that of whoever has stood there long enough, so that the picture is rearranged as seldom as can be. Those whose time
// is over stay until all may go together. The queue is bounded: of more than MOST_WAITING the ones who wait longest are let go, as they have
// long gone in.
import type { LiveGreeting } from "../wire";

export const PLACES = 4;
/** Everybody stands there so long at least, and so long where nobody waits. */
export const LEAST_MS = 4_000;
export const FULL_MS = 9_000;
export const MOST_WAITING = 200;
/** A greeting that comes later than this is for somebody who is not at the gate any more. */
export const FRESH_US = 20_000_000;
const REMEMBERED = 500;

export interface Standing {
  readonly greeting: LiveGreeting;
  readonly sinceMs: number;
}

export interface Stage {
  /** By place; places are filled from the first. */
  readonly shown: readonly Standing[];
  readonly waiting: readonly LiveGreeting[];
  /** Ids that had their turn or wait for it, oldest first. */
  readonly known: readonly string[];
}

export const EMPTY: Stage = { shown: [], waiting: [], known: [] };

/** Take what the gate tells. `nowUs`: by the clock of whoever tells it, null where that is not known. */
export function heard(stage: Stage, greetings: readonly LiveGreeting[], nowUs: number | null): Stage {
  const known = new Set(stage.known);
  stage = corrected(stage, greetings);
  const fresh = greetings
    .filter((one) => !known.has(one.id) && (nowUs === null || nowUs - one.at_us <= FRESH_US))
    .toSorted((a, b) => a.at_us - b.at_us);
  if (fresh.length === 0) return stage;
  return {
    shown: stage.shown,
    waiting: [...stage.waiting, ...fresh].slice(-MOST_WAITING),
    known: [...stage.known, ...fresh.map((one) => one.id)].slice(-REMEMBERED),
  };
}

/** A visit may turn out to be somebody else's: who is greeted by mistake gives way, in the same place. */
function corrected(stage: Stage, greetings: readonly LiveGreeting[]): Stage {
  const other = (one: LiveGreeting) =>
    greetings.find(({ id, title, name }) => id === one.id && (name !== one.name || title !== one.title));
  const stands = stage.shown.some((one) => other(one.greeting));
  if (!stands && !stage.waiting.some(other)) return stage;
  return {
    ...stage,
    shown: stage.shown.map((one) => ({ ...one, greeting: other(one.greeting) ?? one.greeting })),
    waiting: stage.waiting.map((one) => other(one) ?? one),
  };
}

/** Let time pass. The very same stage where nothing changes. */
export function at(stage: Stage, nowMs: number): Stage {
  const shown = [...stage.shown];
  const waiting = [...stage.waiting];
  while (waiting.length > 0) {
    const place = placeFor(shown, nowMs);
    const next = waiting[0];
    if (place === null || !next) break;
    shown[place] = { greeting: next, sinceMs: nowMs };
    waiting.shift();
  }
  if (waiting.length < stage.waiting.length) return { ...stage, shown, waiting };
  const over = shown.length > 0 && shown.every((one) => nowMs - one.sinceMs >= FULL_MS);
  return over ? { ...stage, shown: [] } : stage;
}

function placeFor(shown: readonly Standing[], nowMs: number): number | null {
  const over = longest(shown, nowMs, FULL_MS);
  if (over !== null) return over;
  return shown.length < PLACES ? shown.length : longest(shown, nowMs, LEAST_MS);
}

/** The place of who stands there longest, if it is as long as that. */
function longest(shown: readonly Standing[], nowMs: number, forMs: number): number | null {
  let found: number | null = null;
  shown.forEach((one, place) => {
    const before = found === null ? undefined : shown[found];
    if (nowMs - one.sinceMs >= forMs && (!before || one.sinceMs < before.sinceMs)) found = place;
  });
  return found;
}
