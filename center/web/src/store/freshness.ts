// a reading and now → its age, and whether it is too old to be called a present value.
import { Flag, type LiveReading } from "../wire";

const UNKNOWN_PERIOD_STALE_US = 120_000_000;
const LEAST_STALE_US = 30_000_000;

export const WRONG_CLOCK = Flag.CLOCK_AHEAD | Flag.CLOCK_UNSET;

/** When a reading was true, as far as can be believed: a wrong clock's time is replaced by the time it was received. */
export function believedUs(reading: LiveReading): number {
  if (reading.flags & WRONG_CLOCK) return reading.received_us;
  return Math.min(reading.time_us, reading.received_us);
}

export function ageUs(reading: LiveReading, nowUs: number): number {
  return Math.max(0, nowUs - believedUs(reading));
}

/** Three silent periods, at least 30 s; two minutes where the period is unknown. */
export function staleAfterUs(periodS: number | null): number {
  return periodS === null ? UNKNOWN_PERIOD_STALE_US : Math.max(3 * periodS * 1e6, LEAST_STALE_US);
}

export function isStale(reading: LiveReading, periodS: number | null, nowUs: number): boolean {
  return ageUs(reading, nowUs) > staleAfterUs(periodS);
}
