// the center's word of the time → the center's clock here. Ages never depend on this machine's own clock.

const SAMPLES = 32;

/** A message is late when it arrives, never early: the largest difference of the last samples is the nearest to the truth. */
export class ServerClock {
  private samples: number[] = [];

  /** A new connection may lead to another machine. */
  reset(): void {
    this.samples = [];
  }

  hear(serverTimeUs: number, localMs: number): void {
    this.samples.push(serverTimeUs - localMs * 1000);
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /** Null before the center said a time. */
  nowUs(localMs: number): number | null {
    if (this.samples.length === 0) return null;
    return Math.round(localMs * 1000 + Math.max(...this.samples));
  }
}
