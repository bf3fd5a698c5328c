// the address's path → which page it is, and what of it is asked for. The center serves the app for the same paths.

export type Page = "wall" | "welcome" | "checkin" | "people" | "events";

export interface Place {
  readonly page: Page;
  /** What follows the page's own name: `/welcome/g1` → `["g1"]`. */
  readonly rest: readonly string[];
}

const NAMED: ReadonlySet<string> = new Set<Page>(["welcome", "checkin", "people", "events"]);

export function placeOf(pathname: string): Place {
  const [name = "", ...rest] = pathname.split("/").filter(Boolean);
  return NAMED.has(name) ? { page: name as Page, rest: rest.map(decoded) } : { page: "wall", rest: [] };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
