// the address's query → what the page shows, and back: a step of a page is an address that can be kept, sent and gone back from.
import { shallowRef } from "vue";

export type Query = Readonly<Record<string, string>>;

function read(): Query {
  return Object.fromEntries(new URLSearchParams(location.search));
}

export const place = shallowRef<Query>(read());

export function addressOf(query: Query): string {
  const search = new URLSearchParams(query).toString();
  return search ? `${location.pathname}?${search}` : location.pathname;
}

export function go(query: Query): void {
  history.pushState(null, "", addressOf(query));
  place.value = read();
  window.scrollTo(0, 0);
}

/** Say more of the view that is open, without a step to go back to. */
export function note(query: Query): void {
  history.replaceState(null, "", addressOf(query));
  place.value = read();
}

window.addEventListener("popstate", () => (place.value = read()));
