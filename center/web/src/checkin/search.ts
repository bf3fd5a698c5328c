// delegates, what somebody types → whom they mean: without diacritics, in any order of words. Pure; the same rule as at the center.
import type { Delegate } from "../api/occasions";

export interface Known {
  readonly delegate: Delegate;
  /** Words of the name, and of all the rest that is searched. */
  readonly name: readonly string[];
  readonly rest: readonly string[];
}

/** Diacritics, and signs that cannot be seen. */
const MARKS = /[\p{M}\p{Cf}]/gu;
const NO_LETTER = /[^\p{L}\p{N}]+/gu;

/** Small letters and digits without diacritics, one space between words. */
export function plain(text: string): string {
  const letters = text.normalize("NFKD").toLowerCase().normalize("NFKD").replace(MARKS, "").replace(/[đð]/g, "d");
  return letters.replace(NO_LETTER, " ").trim();
}

export function known(delegate: Delegate): Known {
  const { unit, delegation, position, seat } = delegate;
  const rest = plain(`${unit} ${delegation} ${position} ${seat}`);
  return { delegate, name: plain(delegate.name).split(" "), rest: rest.split(" ") };
}

/** Each word begins a word of theirs; whose name has them all comes first, then who is on the list and has not come. */
export function found(all: Iterable<Known>, typed: string, list: string, most: number): Delegate[] {
  const asked = plain(typed).split(" ").filter(Boolean);
  if (asked.length === 0) return [];
  const hits: { one: Known; rank: number }[] = [];
  for (const one of all) {
    const named = asked.every((word) => begins(one.name, word));
    if (!named && !asked.every((word) => begins(one.name, word) || begins(one.rest, word))) continue;
    const { lists, arrived } = one.delegate;
    hits.push({ one, rank: (named ? 0 : 4) + (lists.includes(list) ? 0 : 2) + (arrived[list] ? 1 : 0) });
  }
  const order = (a: Known, b: Known) => a.name.join(" ").localeCompare(b.name.join(" "));
  return hits
    .sort((a, b) => a.rank - b.rank || order(a.one, b.one))
    .slice(0, most)
    .map((hit) => hit.one.delegate);
}

/** Where the one at `at` is now: another person must not slip under the cursor because somebody came in. */
export function placeOf(before: readonly Delegate[], at: number, now: readonly Delegate[]): number {
  return Math.max(
    0,
    now.findIndex((one) => one.id === before[at]?.id),
  );
}

function begins(words: readonly string[], asked: string): boolean {
  return words.some((word) => word.startsWith(asked));
}
