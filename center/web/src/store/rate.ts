// live readings as they arrive → readings per second and the median way from sensor to wall, over the last ten seconds.

const WINDOW_S = 10;
const SAMPLES = 500;

interface Bucket {
  second: number;
  count: number;
}

export class Rate {
  private buckets: Bucket[] = [];
  private delays: { second: number; ms: number }[] = [];

  record(localMs: number, delayMs: number | null): void {
    const second = Math.floor(localMs / 1000);
    const last = this.buckets.at(-1);
    if (last?.second === second) last.count += 1;
    else this.buckets.push({ second, count: 1 });
    if (delayMs !== null) this.delays.push({ second, ms: Math.max(0, delayMs) });
    this.forget(second);
  }

  /** Over whole seconds only, so that the number does not breathe with the second hand. */
  perSecond(localMs: number): number {
    const second = Math.floor(localMs / 1000);
    this.forget(second);
    const counted = this.buckets.filter((bucket) => bucket.second < second);
    return counted.reduce((sum, bucket) => sum + bucket.count, 0) / WINDOW_S;
  }

  medianDelayMs(localMs: number): number | null {
    this.forget(Math.floor(localMs / 1000));
    if (this.delays.length === 0) return null;
    const sorted = this.delays.map((sample) => sample.ms).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  clear(): void {
    this.buckets = [];
    this.delays = [];
  }

  private forget(second: number): void {
    this.buckets = this.buckets.filter((bucket) => bucket.second >= second - WINDOW_S);
    if (this.delays.length > 2 * SAMPLES || (this.delays[0]?.second ?? second) < second - WINDOW_S) {
      this.delays = this.delays.filter((sample) => sample.second >= second - WINDOW_S).slice(-SAMPLES);
    }
  }
}
