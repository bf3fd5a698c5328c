// height of the left column, problems, events → how many rows of each, so that neither is cut and nothing stands empty.

/** Heights in units, as the lists draw them. */
export const PROBLEM = { head: 2.6, row: 4.8, more: 1.9 } as const;
export const EVENT = { head: 2.2, row: 2.9 } as const;
const GAP = 1.2;
/** What the problems always leave to the events, and the events to the word that all else is normal. */
const LEAST_EVENTS = 6;
const CALM = 15;

export interface Column {
  readonly problems: number;
  readonly events: number;
}

export function column(height: number, problems: number, events: number): Column {
  const least = EVENT.head + Math.min(LEAST_EVENTS, Math.max(1, events)) * EVENT.row;
  const most = Math.floor((height - GAP - least - PROBLEM.head - PROBLEM.more + 0.05) / PROBLEM.row);
  const shown = Math.max(1, Math.min(problems, most));
  const used = PROBLEM.head + (problems ? shown * PROBLEM.row : 0) + (problems > shown ? PROBLEM.more : 0);
  const free = height - GAP - used - EVENT.head;
  const rows = Math.floor((free - (isCalm(problems) ? CALM : 0) + 0.05) / EVENT.row);
  return { problems: shown, events: Math.max(1, Math.min(events, Math.max(rows, Math.min(LEAST_EVENTS, events)))) };
}

/** With so few problems the wall also says that all else is normal. */
export function isCalm(problems: number): boolean {
  return problems <= 3;
}
