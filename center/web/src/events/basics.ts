// what was typed of an occasion → what the center is told, or what is wrong with each field.
import type { Occasion, OccasionIn } from "../api/occasions";
import { fromField, toField } from "../forms/when";
import type { FormWords } from "../text/forms.vi";
import type { EventWords } from "../text/events.vi";

export interface Typed {
  readonly name: string;
  readonly place: string;
  readonly starts: string;
  readonly ends: string;
  readonly retain_days: string;
}

export const EMPTY: Typed = { name: "", place: "", starts: "", ends: "", retain_days: "30" };

export function typedOf(occasion: Occasion): Typed {
  return {
    name: occasion.name,
    place: occasion.place,
    starts: toField(occasion.starts),
    ends: toField(occasion.ends),
    retain_days: String(occasion.retain_days),
  };
}

export type Wrong = Partial<Record<keyof Typed, string>>;

export function wrongOf(typed: Typed, words: EventWords, forms: FormWords): Wrong {
  const wrong: Wrong = {};
  for (const field of ["name", "starts", "ends"] as const) if (!typed[field].trim()) wrong[field] = forms.required;
  if (typed.starts && typed.ends && typed.ends <= typed.starts) wrong.ends = words.basics.endsBefore;
  const days = Number(typed.retain_days);
  if (!/^\d+$/.test(String(typed.retain_days).trim()) || days > 3650) wrong.retain_days = words.basics.retainWrong;
  return wrong;
}

export function toldOf(typed: Typed): OccasionIn {
  return {
    name: typed.name.trim(),
    place: typed.place.trim(),
    starts: fromField(typed.starts) ?? "",
    ends: fromField(typed.ends) ?? "",
    retain_days: Number(typed.retain_days),
  };
}

/** What people read for each field. */
export function labelsOf({ basics }: EventWords): Readonly<Record<keyof Typed, string>> {
  const { name, place, starts, ends, retain } = basics;
  return { name, place, starts, ends, retain_days: retain };
}
