import { describe, expect, it } from "vitest";
import { ServerClock } from "../src/store/clock";
import { Rate } from "../src/store/rate";
import { NOW } from "./factories";

describe("the center's clock", () => {
  it("says nothing before the center did", () => {
    expect(new ServerClock().nowUs(5)).toBeNull();
  });

  it("believes the message that was least late", () => {
    const clock = new ServerClock();
    clock.hear(NOW, 1000 + 80); // 80 ms on its way
    clock.hear(NOW + 2_000_000, 3000 + 5);
    clock.hear(NOW + 4_000_000, 5000 + 300);
    expect(clock.nowUs(7000)).toBe(NOW + 6_000_000 - 5_000);
  });

  it("follows a center whose clock was set back, after enough words of it", () => {
    const clock = new ServerClock();
    clock.hear(NOW, 0);
    for (let n = 1; n <= 40; n += 1) clock.hear(NOW - 60_000_000 + n * 1_000_000, n * 1000);
    expect(clock.nowUs(40_000)).toBe(NOW - 20_000_000);
  });
});

describe("the rate", () => {
  it("counts whole seconds of the last ten", () => {
    const rate = new Rate();
    for (let ms = 0; ms < 30_000; ms += 10) rate.record(ms, 3);
    expect(rate.perSecond(30_000)).toBe(100);
    for (let ms = 30_000; ms < 30_500; ms += 10) rate.record(ms, 3);
    expect(rate.perSecond(30_500)).toBe(100);
    expect(rate.perSecond(60_000)).toBe(0);
    expect(rate.medianDelayMs(60_000)).toBeNull();
  });

  it("takes the middle of the delays, none of them negative", () => {
    const rate = new Rate();
    for (const delay of [-5, 4, 900, 6, 5]) rate.record(1000, delay);
    expect(rate.medianDelayMs(1500)).toBe(5);
  });

  it("keeps few samples of many", () => {
    const rate = new Rate();
    for (let n = 0; n < 100_000; n += 1) rate.record(1000 + n / 20, 1);
    expect(JSON.stringify(rate).length).toBeLessThan(60_000);
  });
});
