// microseconds since 1970 UTC → the day in Vietnam, as it is said on a formal occasion.
import { ZONE_US } from "../view/times";
import type { WelcomeWords } from "./vi";

export function dayText(us: number, words: Pick<WelcomeWords, "weekdays" | "date">): string {
  const at = new Date((us + ZONE_US) / 1000);
  const date = words.date(at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCFullYear());
  return `${words.weekdays[at.getUTCDay()]}, ${date}`;
}
