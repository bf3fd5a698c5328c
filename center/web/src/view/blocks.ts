// a site's series → one block a sensor, packed into rows of a grid: what one thing measures stands together under its name.
import type { SeriesView } from "./series";

const WIDEST = 4;

export interface Block {
  readonly key: string;
  readonly sensor: string;
  readonly series: readonly SeriesView[];
}

export interface Place {
  readonly block: Block;
  readonly row: number;
  readonly column: number;
  readonly span: number;
}

/** In the order of the series; a sensor of many quantities takes several blocks. */
export function blocks(series: readonly SeriesView[], widest = WIDEST): Block[] {
  const found: { key: string; sensor: string; source: string; series: SeriesView[] }[] = [];
  for (const one of series) {
    const last = found.at(-1);
    if (last && last.source === one.source && last.series.length < widest) last.series.push(one);
    else found.push({ key: `${one.source}:${one.id}`, sensor: one.sensor, source: one.source, series: [one] });
  }
  return found;
}

/** Each block goes into the first row that still has room for it. */
export function pack(found: readonly Block[], columns: number): Place[] {
  const filled: number[] = [];
  return found.map((block) => {
    const span = Math.min(block.series.length, columns);
    let row = filled.findIndex((used) => used + span <= columns);
    if (row < 0) row = filled.push(0) - 1;
    const column = filled[row] ?? 0;
    filled[row] = column + span;
    return { block, row, column, span };
  });
}

export function rowsOf(places: readonly Place[]): number {
  return places.reduce((most, place) => Math.max(most, place.row + 1), 0);
}
