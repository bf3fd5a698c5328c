// the consents ticked and their ground → what the center is told, or what is missing.
import type { ConsentKind } from "../api/people";

export interface Ticked {
  readonly face: boolean;
  readonly photo_shown: boolean;
  readonly note: string;
}

export const KINDS: readonly ConsentKind[] = ["face", "photo_shown"];

export function anyTicked(ticked: Ticked): boolean {
  return ticked.face || ticked.photo_shown;
}

/** A consent that nobody can show anything for is none. */
export function groundMissing(ticked: Ticked): boolean {
  return anyTicked(ticked) && ticked.note.trim() === "";
}

export function consentsOf(ticked: Ticked): { kind: ConsentKind; note: string }[] {
  return KINDS.filter((kind) => ticked[kind]).map((kind) => ({ kind, note: ticked.note.trim() }));
}
