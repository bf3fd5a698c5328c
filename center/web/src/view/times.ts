// microseconds since 1970 UTC → clock times, ages and durations as people say them, always in Vietnam's time.
import type { Messages } from "../text/vi";

export const ZONE_US = 7 * 3_600 * 1e6;

function local(us: number): Date {
  return new Date((us + ZONE_US) / 1000);
}

const two = (n: number) => String(n).padStart(2, "0");

export function clockTime(us: number): string {
  const at = local(us);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

export function minuteTime(us: number): string {
  return clockTime(us).slice(0, 5);
}

export function dateText(us: number, text: Messages): string {
  const at = local(us);
  const date = text.date(at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCFullYear());
  return `${text.weekdays[at.getUTCDay()]}, ${date}`;
}

function day(us: number): number {
  return Math.floor((us + ZONE_US) / 86_400e6);
}

/** 14:03 today, 22/11 14:03 on another day. */
export function shortTime(us: number, nowUs: number): string {
  const at = local(us);
  const time = minuteTime(us);
  return day(us) === day(nowUs) ? time : `${at.getUTCDate()}/${at.getUTCMonth() + 1} ${time}`;
}

export function ageText(ageUs: number, text: Messages): string {
  const seconds = Math.floor(Math.max(0, ageUs) / 1e6);
  if (seconds < 1) return text.age.now;
  if (seconds < 60) return text.age.seconds(seconds);
  if (seconds < 3_600) return text.age.minutes(Math.floor(seconds / 60));
  if (seconds < 86_400) return text.age.hours(Math.floor(seconds / 3_600));
  return text.age.days(Math.floor(seconds / 86_400));
}

export function lastingText(us: number, text: Messages): string {
  const seconds = Math.floor(Math.max(0, us) / 1e6);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return text.lasting.seconds(seconds);
  if (minutes < 60) return text.lasting.minutes(minutes);
  if (hours < 24) return text.lasting.hours(hours, minutes % 60);
  return text.lasting.days(Math.floor(hours / 24), hours % 24);
}

/** The largest unit alone. */
export function briefText(us: number, text: Messages): string {
  const seconds = Math.floor(Math.max(0, us) / 1e6);
  if (seconds < 3_600) return lastingText(us, text);
  if (seconds < 86_400) return text.lasting.hours(Math.floor(seconds / 3_600), 0);
  return text.lasting.days(Math.floor(seconds / 86_400), 0);
}

/** The largest unit by its symbol, where there is room for four letters. */
export function tinyText(us: number, text: Messages): string {
  const seconds = Math.floor(Math.max(0, us) / 1e6);
  const [second, minute, hour, days] = text.symbols;
  if (seconds < 60) return `${seconds} ${second}`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} ${minute}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} ${hour}`;
  return `${Math.floor(seconds / 86_400)} ${days}`;
}
