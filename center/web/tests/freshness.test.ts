import { describe, expect, it } from "vitest";
import { ageUs, believedUs, isStale, staleAfterUs } from "../src/store/freshness";
import { MINUTE, NOW, reading, SECOND } from "./factories";

describe("staleness", () => {
  it.each([
    [null, 120], // nobody told the period
    [1, 30], // never before half a minute
    [10, 30],
    [20, 60], // three periods
    [900, 2700],
  ])("a period of %s s is stale after %s s", (period, seconds) => {
    expect(staleAfterUs(period)).toBe(seconds * SECOND);
    const last = reading(1, { time_us: NOW - seconds * SECOND });
    expect(isStale(last, period, NOW)).toBe(false);
    expect(isStale(last, period, NOW + SECOND)).toBe(true);
  });

  it("believes the earlier of observed and received", () => {
    expect(believedUs(reading(1, { time_us: NOW + 10 * SECOND, received_us: NOW }))).toBe(NOW);
    expect(believedUs(reading(1, { time_us: NOW - 10 * SECOND, received_us: NOW }))).toBe(NOW - 10 * SECOND);
  });

  it.each([
    ["ahead", 1, NOW + 600 * SECOND],
    ["never set", 2, 3 * SECOND],
  ])("takes the time of arrival where a clock is %s", (_, flags, time_us) => {
    expect(believedUs(reading(1, { time_us, received_us: NOW - SECOND, flags }))).toBe(NOW - SECOND);
  });

  it("has no negative age", () => {
    expect(ageUs(reading(1, { time_us: NOW + MINUTE, received_us: NOW + MINUTE }), NOW)).toBe(0);
  });
});
