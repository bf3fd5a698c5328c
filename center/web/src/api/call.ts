// method, path, body → the center's answer, asked in the language people read.
import { request } from "../api";
import { language } from "../text/chosen";

/** Some of a list; `next` is the cursor of what follows, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export type Query = Readonly<Record<string, string | number | null | undefined>>;

export function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  return request<T>(method, `/api/v1${path}`, language.value, body);
}

/** `?a=1&b=2` of what is given; what is empty is left out. */
export function query(given: Query): string {
  const said = Object.entries(given).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

const MOST_PAGES = 100;

/** Every item of a list, page by page; bounded. */
export async function all<T>(path: string, given: Query = {}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer: Page<T> = await call<Page<T>>("GET", path + query({ limit: 1000, ...given, cursor }));
    items.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return items;
}

/** A part of a path, whatever is in it. */
export const part = encodeURIComponent;
