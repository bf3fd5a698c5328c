// series, range → its readings from the REST interface, whole: pages are followed up to a bound.
import { request } from "./api";

export type Range = "1h" | "24h" | "7d" | "30d";

export const RANGE_S: Readonly<Record<Range, number>> = { "1h": 3_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000 };

const POINTS = 600;
const PAGES = 10;

export interface Point {
  readonly time: string;
  readonly value: number;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly count?: number | null;
}

interface Page {
  readonly resolution: string;
  readonly points: readonly Point[];
  readonly next: string | null;
}

export interface History {
  readonly resolution: string;
  readonly points: readonly Point[];
  readonly fromMs: number;
  readonly toMs: number;
}

export async function fetchHistory(series: number, range: Range, nowMs: number, language: string): Promise<History> {
  const fromMs = nowMs - RANGE_S[range] * 1000;
  const query = new URLSearchParams({
    series: String(series),
    from: new Date(fromMs).toISOString(),
    to: new Date(nowMs).toISOString(),
    points: String(POINTS),
    resolution: "auto",
  });
  const points: Point[] = [];
  let resolution = "raw";
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await request<Page>("GET", `/api/v1/readings?${query}`, language);
    points.push(...answer.points);
    resolution = answer.resolution;
    if (!answer.next) break;
    query.set("cursor", answer.next);
  }
  return { resolution, points, fromMs, toMs: nowMs };
}

export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly avg: number;
}

/** Over every reading behind the points: a point that stands for many counts as many. */
export function summary(points: readonly Point[]): Summary | null {
  if (points.length === 0) return null;
  let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
  for (const point of points) {
    const weight = point.count ?? 1;
    min = Math.min(min, point.min ?? point.value);
    max = Math.max(max, point.max ?? point.value);
    sum += point.value * weight;
    count += weight;
  }
  return { min, max, avg: sum / Math.max(1, count) };
}
