// trail, now → one SVG path over the last hour: 60 wide, 20 high. A silence longer than a few minutes is a gap.
import { TRAIL_MINUTES } from "../wire";
import type { TrailPoint } from "../store/trail";

export const WIDTH = TRAIL_MINUTES - 1;
export const HEIGHT = 20;
const MARGIN = 1.5;
const GAP_MINUTES = 5;

/** The least span of values drawn over the whole height, so that noise does not look like a storm. */
const LEAST_SPAN: Readonly<Record<string, number>> = {
  Cel: 2,
  "%RH": 6,
  "%": 6,
  "ug/m3": 10,
  ppm: 60,
  dB: 8,
  "mm/h": 2,
  cm: 10,
  m: 0.2,
  V: 6,
  "": 1,
};

export function sparkline(
  trail: readonly TrailPoint[],
  unit: string,
  nowMinute: number,
  gapMinutes = GAP_MINUTES,
): string {
  const first = nowMinute - WIDTH;
  const shown = trail.filter(([minute]) => minute >= first && minute <= nowMinute);
  if (shown.length === 0) return "";
  const scale = vertical(shown, unit);
  let path = "";
  let previous = -Infinity;
  for (const [minute, value] of shown) {
    const point = `${minute - first} ${round(scale(value))}`;
    // A lone minute is drawn as a dot: a line of no length with a round cap.
    path += minute - previous > gapMinutes ? `M${point}h.01` : `L${point}`;
    previous = minute;
  }
  return path;
}

function vertical(shown: readonly TrailPoint[], unit: string): (value: number) => number {
  const values = shown.map(([, value]) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const least = LEAST_SPAN[unit] ?? Math.max(Math.abs(low), Math.abs(high)) * 0.05;
  const span = Math.max(high - low, least) || 1;
  const middle = (low + high) / 2;
  return (value) => HEIGHT / 2 - ((value - middle) / span) * (HEIGHT - 2 * MARGIN);
}

function round(y: number): number {
  return Math.round(y * 10) / 10;
}
