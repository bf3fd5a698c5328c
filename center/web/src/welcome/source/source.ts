// where a welcome screen's greetings come from: the center, or the gate itself.
import type { Welcome } from "../../api/checkin";
import type { LiveGreeting } from "../../wire";

/** Why there is nothing to show. */
export type Trouble = "no_gate" | "refused";

export interface Listener {
  /** What the screen shows, again whenever it may have changed. */
  screen(welcome: Welcome): void;
  trouble(trouble: Trouble): void;
  /** `nowUs`: the teller's clock, null where it did not tell. */
  greetings(greetings: readonly LiveGreeting[], nowUs: number | null): void;
  connected(connected: boolean): void;
}

export interface Source {
  start(listener: Listener): void;
  /** The teller's time of day now in microseconds, null before it told. */
  nowUs(): number | null;
  /** Where the photo of a greeting is. */
  photo(greeting: string): string;
}

/** What is shown may be changed by an organiser at any time; nobody walks to the screen to load it again. */
export const LOOK_AGAIN_MS = 20_000;
