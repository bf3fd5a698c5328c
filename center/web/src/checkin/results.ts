// what a passage counts for → how it is shown. Pure.

export type Tone = "good" | "plain" | "minor" | "bad";

const TONES: Readonly<Record<string, Tone>> = {
  checked_in: "good",
  re_entered: "good",
  left: "plain",
  already: "minor",
  not_on_list: "bad",
  revoked: "bad",
  consent_withdrawn: "bad",
  wrong_event: "bad",
  unknown: "minor",
  undone: "plain",
  waiting: "minor",
};
const BADGES: Readonly<Record<Tone, string>> = { good: "good", plain: "", minor: "warning", bad: "bad" };

export function toneOf(result: string): Tone {
  return TONES[result] ?? "plain";
}

/** The class of its badge. */
export function badgeOf(result: string): string {
  return BADGES[toneOf(result)];
}

/** Somebody has to look at it, and decide. */
export function isWarning(result: string): boolean {
  return toneOf(result) === "bad";
}

/** What can be taken back. */
export function isUndoable(result: string): boolean {
  return result === "checked_in" || result === "re_entered" || result === "left";
}
