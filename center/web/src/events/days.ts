// from when to when an occasion lasts → the lists that suggest themselves: the whole, or one for each day.
import type { ListIn } from "../api/occasions";
import type { EventWords } from "../text/events.vi";
import { dayText, fromField, toField } from "../forms/when";

const DAY_MS = 86_400_000;
const MOST = 14;

export function suggested(starts: string, ends: string, words: EventWords): readonly ListIn[] {
  const first = toField(starts).slice(0, 10);
  const last = toField(ends).slice(0, 10);
  const days = Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
  if (days < 2 || days > MOST) return [{ name: words.lists.whole, starts, ends }];
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(Date.parse(first) + index * DAY_MS).toISOString().slice(0, 10);
    const from = index === 0 ? starts : fromField(`${day}T00:00`);
    const to = index === days - 1 ? ends : fromField(`${day}T23:59`);
    return { name: words.lists.day(index + 1, dayText(`${day}T12:00:00+07:00`).slice(0, 5)), starts: from, ends: to };
  });
}
