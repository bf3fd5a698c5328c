// the header Content-Disposition → the name of the file that comes with it.

/** The name in a header (RFC 6266), the one with all letters first. */
export function named(disposition: string | null): string | null {
  const all = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (all !== undefined) return decodeURIComponent(all);
  return /filename="([^"]+)"/i.exec(disposition ?? "")?.[1] ?? null;
}
