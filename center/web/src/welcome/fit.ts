// words, the width there is → the largest letters with which they fit, and where the lines break. Pure: widths are measured outside.

export interface Fitted {
  /** Of the letters, in the unit of `room`. */
  readonly size: number;
  readonly lines: readonly string[];
}

export interface Limits {
  readonly most: number;
  readonly least: number;
  readonly lines: number;
}

/** What share of `most` letters may have in one, two, three lines: more lines have to stand in about the same height. */
const SHARES = [1, 0.8, 0.62, 0.5] as const;
/** A line more must bring so much to be worth it. */
const WORTH = 1.12;

/** `width(text)`: how wide a text is with letters of size 1. What does not fit even with the least letters breaks within words. */
export function fitted(text: string, room: number, limits: Limits, width: (text: string) => number): Fitted {
  const words = text.split(/\s+/u).filter(Boolean);
  if (words.length === 0 || room <= 0) return { size: limits.most, lines: [text.trim()] };
  let best: Fitted = { size: 0, lines: [] };
  for (let count = 1; count <= Math.min(limits.lines, words.length); count++) {
    const lines = balanced(words, count, width);
    const widest = Math.max(...lines.map(width));
    const size = Math.min(room / widest, limits.most * (SHARES[count - 1] ?? 0.5));
    if (size > best.size * (count > 1 ? WORTH : 1)) best = { size, lines };
  }
  if (best.size >= limits.least) return best;
  return { size: limits.least, lines: broken(text, room / limits.least, width) };
}

/** Break into `count` lines so that the widest is as narrow as can be. */
function balanced(words: readonly string[], count: number, width: (text: string) => number): string[] {
  let low = Math.max(...words.map(width));
  let high = width(words.join(" "));
  let lines = wrapped(words, high, width);
  for (let step = 0; step < 20; step++) {
    const middle = (low + high) / 2;
    const tried = wrapped(words, middle, width);
    if (tried.length <= count) {
      lines = tried;
      high = middle;
    } else {
      low = middle;
    }
  }
  return lines.length <= count ? lines : wrapped(words, high, width);
}

function wrapped(words: readonly string[], room: number, width: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const longer = line ? `${line} ${word}` : word;
    if (line && width(longer) > room) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

function broken(text: string, room: number, width: (text: string) => number): string[] {
  const parts = text.split(/\s+/u).flatMap((word) => (width(word) > room ? pieces(word, room, width) : [word]));
  return wrapped(parts, room, width);
}

function pieces(word: string, room: number, width: (text: string) => number): string[] {
  const found: string[] = [];
  let piece = "";
  // Letters with their marks stay together, whichever way they are composed.
  for (const letter of word.match(/\P{M}\p{M}*/gu) ?? [word]) {
    if (piece && width(piece + letter) > room) {
      found.push(piece);
      piece = "";
    }
    piece += letter;
  }
  return [...found, piece];
}
