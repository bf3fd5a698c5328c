// readings → the last hour of one series: the last value of each minute. The center keeps the same by the same rule.
import { TRAIL_MINUTES } from "../wire";

const MINUTE_US = 60_000_000;

/** A minute since 1970 and the last value in it. */
export type TrailPoint = readonly [minute: number, value: number];

/** Ascending by minute, bounded: minutes an hour older than the newest one fall out. */
export class Trail {
  private kept: TrailPoint[] = [];
  /** Counts changes, so that a sparkline is drawn again only when there is something new in it. */
  version = 0;

  get points(): readonly TrailPoint[] {
    return this.kept;
  }

  replace(points: readonly TrailPoint[]): void {
    const sorted = points.toSorted((a, b) => a[0] - b[0]);
    const newest = sorted.at(-1)?.[0] ?? 0;
    this.kept = sorted.filter(([minute]) => minute > newest - TRAIL_MINUTES);
    this.version += 1;
  }

  /** `rankUs` is when it was observed or received, whichever is earlier: a clock from the future opens no minute of its own. */
  add(rankUs: number, value: number): void {
    const minute = minuteOf(rankUs);
    const last = this.kept.at(-1);
    if (last && last[0] === minute) {
      if (last[1] === value) return;
      this.kept[this.kept.length - 1] = [minute, value];
    } else if (last && last[0] > minute) {
      const rest = this.kept.filter(([kept]) => kept !== minute);
      this.replace([...rest, [minute, value]]);
      return;
    } else {
      this.kept.push([minute, value]);
      while ((this.kept[0]?.[0] ?? minute) <= minute - TRAIL_MINUTES) this.kept.shift();
    }
    this.version += 1;
  }
}

export function minuteOf(timeUs: number): number {
  return Math.floor(timeUs / MINUTE_US);
}
