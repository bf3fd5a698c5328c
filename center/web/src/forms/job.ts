// a piece of work at the center → asked after until it waits for a person or has ended.
import { onBeforeUnmount } from "vue";
import { Refusal } from "../api";

export interface Job {
  readonly id: string;
  readonly state: "running" | "ready" | "storing" | "done" | "failed";
}

const BETWEEN_MS = 600;
const PATIENCE = 20;

export const working = (job: Job | null): boolean => job?.state === "running" || job?.state === "storing";

/**
 * Ask until it does not work any more, telling each answer. A center that cannot be reached is asked again, PATIENCE times in a row at most;
 * then, and where it refuses, its error is raised.
 */
export async function follow<T extends Job>(
  ask: () => Promise<T>,
  tell: (job: T) => void,
  stopped: AbortSignal,
  betweenMs = BETWEEN_MS,
): Promise<void> {
  for (let failed = 0; !stopped.aborted;) {
    try {
      const job = await ask();
      if (stopped.aborted) return;
      tell(job);
      if (!working(job)) return;
      failed = 0;
    } catch (error) {
      failed += 1;
      if (error instanceof Refusal || failed > PATIENCE) throw error;
    }
    await new Promise((done) => setTimeout(done, betweenMs));
  }
}

/** What stops all a view began when the view goes. */
export function useStop(): AbortSignal {
  const control = new AbortController();
  onBeforeUnmount(() => control.abort());
  return control.signal;
}
