// room, number of boxes and their ideal size → columns, rows and pages, so that every box is as large as it can be.

export interface Box {
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly pages: number;
  /** How large a box is beside its ideal: 1 is ideal. */
  readonly scale: number;
}

/** A box is never drawn smaller than `least` of its ideal: there are pages instead. */
export function fit(room: Box, count: number, ideal: Box, least: number): Layout {
  if (count < 1 || room.width <= 0 || room.height <= 0) return { columns: 1, rows: 1, pages: 1, scale: 1 };
  let best: Layout | null = null;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const scale = Math.min(room.width / columns / ideal.width, room.height / rows / ideal.height);
    if (best === null || scale > best.scale) best = { columns, rows, pages: 1, scale };
  }
  if (best !== null && best.scale >= least) return best;
  return paged(room, count, ideal, least);
}

function paged(room: Box, count: number, ideal: Box, least: number): Layout {
  const columns = Math.max(1, Math.floor(room.width / (ideal.width * least)));
  const rows = Math.max(1, Math.floor(room.height / (ideal.height * least)));
  return { columns, rows, pages: Math.ceil(count / (columns * rows)), scale: least };
}

const PAGE_US = 20_000_000;

/** The page shown now: told from the center's time, so that every screen turns its pages together. */
export function pageAt(pages: number, nowUs: number): number {
  return pages <= 1 ? 0 : Math.floor(nowUs / PAGE_US) % pages;
}
