// RFC 3339 → what people read and what a field for date and time holds, and back: always in Vietnam's time.
import { minuteTime, ZONE_US } from "../view/times";

const OFFSET = "+07:00";
const two = (n: number) => String(n).padStart(2, "0");

function local(time: string): Date {
  return new Date(Date.parse(time) + ZONE_US / 1000);
}

/** 2026-11-25T07:30:00Z → 2026-11-25T14:30, the value of a field `datetime-local`; empty for none. */
export function toField(time: string | null): string {
  return time === null ? "" : local(time).toISOString().slice(0, 16);
}

/** The value of a field `datetime-local` → RFC 3339; null for an empty one. */
export function fromField(value: string): string | null {
  return value === "" ? null : `${value.slice(0, 16)}:00${OFFSET}`;
}

/** The value of a field `date`; empty for none. */
export function toDayField(time: string | null): string {
  return toField(time).slice(0, 10);
}

/** The end of that day, for what is kept until then; null for an empty field. */
export function endOfDay(value: string): string | null {
  return value === "" ? null : `${value}T23:59:59${OFFSET}`;
}

export function dayText(time: string): string {
  const at = local(time);
  return `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
}

export function clockText(time: string): string {
  return minuteTime(Date.parse(time) * 1000);
}

export function whenText(time: string): string {
  return `${clockText(time)} ${dayText(time)}`;
}

/** From when to when; the day once where both are the same. */
export function spanText(starts: string, ends: string): string {
  const same = dayText(starts) === dayText(ends);
  return same
    ? `${clockText(starts)}–${clockText(ends)}, ${dayText(starts)}`
    : `${whenText(starts)} – ${whenText(ends)}`;
}
