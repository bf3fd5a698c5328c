import { describe, expect, it } from "vitest";
import { Trail } from "../src/store/trail";
import { MINUTE, NOW, SECOND } from "./factories";

const minute = Math.floor(NOW / MINUTE);
const start = minute * MINUTE;

describe("a trail", () => {
  it("keeps the last value of each minute", () => {
    const trail = new Trail();
    trail.add(start, 1);
    trail.add(start + 59 * SECOND, 2);
    trail.add(start + 60 * SECOND, 3);
    expect(trail.points).toEqual([
      [minute, 2],
      [minute + 1, 3],
    ]);
  });

  it("is an hour long and no longer", () => {
    const trail = new Trail();
    for (let n = 0; n < 500; n += 1) trail.add(start + n * MINUTE, n);
    expect(trail.points.length).toBe(60);
    expect(trail.points[0]).toEqual([minute + 440, 440]);
  });

  it("forgets by age and not by number after a silence", () => {
    const trail = new Trail();
    trail.add(start, 1);
    trail.add(start + 30 * MINUTE, 2);
    trail.add(start + 70 * MINUTE, 3);
    expect(trail.points.map(([, value]) => value)).toEqual([2, 3]);
  });

  it("counts a change only where something changed", () => {
    const trail = new Trail();
    trail.add(start, 1);
    const { version } = trail;
    trail.add(start + SECOND, 1);
    expect(trail.version).toBe(version);
    trail.add(start + SECOND, 2);
    expect(trail.version).toBeGreaterThan(version);
  });

  it("is replaced by the center's, sorted and cut to an hour", () => {
    const trail = new Trail();
    trail.add(start, 9);
    trail.replace([
      [minute, 3],
      [minute - 60, 1],
      [minute - 59, 2],
    ]);
    expect(trail.points).toEqual([
      [minute - 59, 2],
      [minute, 3],
    ]);
  });
});
