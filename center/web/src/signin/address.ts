// the page's address → where to go afterwards, and the wall's token if it is a wall's link.

/** Only a path of this very site: an address that leads elsewhere is ignored. */
export function nextPath(search: string, origin: string): string {
  const wanted = new URLSearchParams(search).get("next") ?? "/";
  if (!wanted.startsWith("/") || wanted.startsWith("/signin")) return "/";
  try {
    const target = new URL(wanted, origin);
    return target.origin === origin && !target.pathname.startsWith("//")
      ? target.pathname + target.search + target.hash
      : "/";
  } catch {
    return "/";
  }
}

export function wallToken(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("wall") || null;
}
