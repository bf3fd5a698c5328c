// the last view and the new one → the last one itself where nothing in it changed, so that its component is left alone.

export function kept<T extends object>(before: T | undefined, now: T): T {
  return before !== undefined && alike(before, now) ? before : now;
}

function alike(a: object, b: object): boolean {
  const keys = Object.keys(b);
  if (keys.length !== Object.keys(a).length) return false;
  return keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => Object.is(item, b[index]));
}
