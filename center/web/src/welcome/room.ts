// the screen's width and height → the unit everything on a welcome screen is measured in. Pure.

/** 178 × 100 units on a wide screen (16:9), 90 × 150 on an upright one. */
export function unitOf(width: number, height: number): number {
  return width >= height ? Math.min(width / 178, height / 100) : Math.min(width / 90, height / 150);
}
