// what stands in the one input, and how fast it came → a badge's code or a name. Pure.
//
// A scanner types faster than anybody, and ends with Enter. Our own codes are 26 letters and digits; other badges often have numbers only.

const OURS = /^[a-z2-7]{26}$/i;
const NUMBER = /^\d{4,}$/;
const FAST_MS = 35;
const SCANNED = 6;

/** When each key of the input came; bounded by what a code can have. */
export class Keys {
  private times: number[] = [];

  press(ms: number): void {
    this.times.push(ms);
    if (this.times.length > 200) this.times.shift();
  }

  clear(): void {
    this.times = [];
  }

  /** The median time between two keys, null of fewer than a scanner types. */
  gapMs(): number | null {
    if (this.times.length < SCANNED) return null;
    const gaps = this.times.slice(1).map((time, index) => time - (this.times[index] ?? time));
    return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? null;
  }
}

/** Whether it may be a name and is no code of ours. */
export function isWord(text: string): boolean {
  return !/\d/.test(text) && !OURS.test(text.trim());
}

/** No word of Vietnamese is so long: an input method for Vietnamese made marks of a code's letters, and the code is lost. */
const LONGEST_WORD = 12;

export function isMangled(text: string): boolean {
  const said = text.trim();
  return said.length >= LONGEST_WORD && !/\s/.test(said) && /[^\x20-\x7e]/.test(said);
}

/** `named`: somebody's name begins like that; whoever types or pastes a name fast does not mean a code. */
export function isCode(text: string, gapMs: number | null, named: boolean): boolean {
  const said = text.trim();
  if (OURS.test(said) || NUMBER.test(said)) return true;
  if (/\s/.test(said) && isWord(said)) return false;
  return !named && said.length >= SCANNED && gapMs !== null && gapMs <= FAST_MS;
}
