// something asked of the center → whether it is under way, and the sentence of what came of it; nothing typed is touched.
import { ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { Refusal } from "../api";
import { placed, type Placed } from "./refusal";
import { words } from "./words";

/** `signedOut`: the way out is to sign in on another page and to ask again. */
export interface Said extends Placed {
  readonly signedOut: boolean;
}

export interface Asking {
  readonly busy: Ref<boolean>;
  readonly said: ShallowRef<Said | null>;
  /** The sentence of this field alone. */
  of(field: string): string;
  /** Do it; returns what came of it, undefined where it was refused or is under way already. */
  ask<T>(action: () => Promise<T>): Promise<T | undefined>;
  /** The same, of what answers nothing: whether it was done. */
  done(action: () => Promise<unknown>): Promise<boolean>;
}

export function saidOf(error: unknown, labels: Readonly<Record<string, string>> = {}): Said {
  if (!(error instanceof Refusal)) return { field: null, sentence: words.value.unreachable, signedOut: false };
  if (error.status === 401) return { field: null, sentence: words.value.signedOut, signedOut: true };
  return { ...placed(error.message, labels), signedOut: false };
}

/** `labels`: what people read for each field of the request. */
export function useAsking(labels: () => Readonly<Record<string, string>> = () => ({})): Asking {
  const busy = ref(false);
  const said = shallowRef<Said | null>(null);

  async function ask<T>(action: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    said.value = null;
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) said.value = saidOf(error, labels());
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  async function done(action: () => Promise<unknown>): Promise<boolean> {
    return (await ask(() => action().then(() => true))) === true;
  }

  return { busy, said, ask, done, of: (field) => (said.value?.field === field ? said.value.sentence : "") };
}
