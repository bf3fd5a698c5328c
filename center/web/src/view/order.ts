// series and sites → the order people expect, the same on every screen and in both languages.
import type { LiveSeries, LiveSite } from "../wire";

const QUANTITIES = (
  "temperature humidity pm25 pm2_5 pm10 co2 noise rain rainfall rain_rate flood flood_level water_level level smoke " +
  "people persons waiting queue door motion tamper power energy voltage current illuminance light"
).split(" ");

const natural = new Intl.Collator("vi", { numeric: true });

function rank(quantity: string): number {
  const index = QUANTITIES.indexOf(quantity);
  return index < 0 ? QUANTITIES.length : index;
}

/** Sensors stay together, the one with the most familiar quantity first. */
export function ordered(series: readonly LiveSeries[]): LiveSeries[] {
  const best = new Map<string, number>();
  const key = (one: LiveSeries) => `${one.gateway}/${one.sensor}`;
  for (const one of series) best.set(key(one), Math.min(rank(one.quantity), best.get(key(one)) ?? Infinity));
  return series.toSorted(
    (a, b) =>
      (best.get(key(a)) ?? 0) - (best.get(key(b)) ?? 0) ||
      natural.compare(key(a), key(b)) ||
      rank(a.quantity) - rank(b.quantity) ||
      natural.compare(a.quantity, b.quantity),
  );
}

export function orderedSites(sites: Iterable<LiveSite>): LiveSite[] {
  return [...sites].sort((a, b) => natural.compare(a.name_vi, b.name_vi) || natural.compare(a.id, b.id));
}
