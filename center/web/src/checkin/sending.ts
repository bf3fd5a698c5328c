// what is done at the desk → the center, at once or as soon as it is back; each with its id, so that nothing counts twice.
import { ref, shallowRef } from "vue";
import { Refusal } from "../api";
import { checkin, type PassageIn } from "../api/checkin";
import type { Delegate } from "../api/occasions";
import type { LivePassage } from "../wire";
import { live } from "./arrivals";
import { chosenId, direction, gateId, hear, listId } from "./desk";
import { newId } from "./ids";
import { added, agoS, isLater, keep, kept, without, type Waiting } from "./waiting";

const RETRY_MS = 3_000;

export interface Outcome {
  readonly who: string;
  /** As in the passage; `waiting` where it was only written down. */
  readonly result: string;
  readonly detail: string;
  readonly bad: boolean;
}

export const waiting = shallowRef(kept());
/** What came of the last one. */
export const outcome = shallowRef<Outcome | null>(null);
/** What was refused when it was sent at last; stays until it is looked at. */
export const refusals = shallowRef<readonly { readonly id: string; readonly who: string; readonly why: string }[]>([]);
export const sending = ref(false);
/** There is no room for one more. */
export const full = ref(false);

export function passCode(code: string, who: string): Promise<LivePassage | null> {
  return pass({ method: "code", code, delegate: null, override: false, reason: null }, who);
}

export function passDelegate(delegate: Delegate): Promise<LivePassage | null> {
  return pass(
    { method: "name", code: null, delegate: delegate.id, override: false, reason: null },
    `${delegate.title} ${delegate.name}`.trim(),
  );
}

/** Let in against the rules: with a name and a reason. */
export function letIn(passage: LivePassage, reason: string): Promise<LivePassage | null> {
  const who = `${passage.title} ${passage.name}`.trim();
  return pass({ method: "hand", code: null, delegate: passage.delegate, override: true, reason }, who);
}

type Asked = Omit<PassageIn, "id" | "gate" | "direction" | "ago_s">;

const underWay = new Set<string>();
/** A button pressed twice, a badge read twice while the first is on its way: once. */
async function pass(asked: Asked, who: string): Promise<LivePassage | null> {
  const same = JSON.stringify([listId.value, gateId.value, direction.value, asked]);
  if (underWay.has(same)) return null;
  underWay.add(same);
  try {
    return await passed(asked, who);
  } finally {
    underWay.delete(same);
    sending.value = underWay.size > 0;
  }
}

async function passed(asked: Asked, who: string): Promise<LivePassage | null> {
  const given = { id: newId(), gate: gateId.value || null, direction: direction.value, ...asked };
  const one: Waiting = { list: listId.value, who, atMs: Date.now(), given };
  sending.value = true;
  try {
    const passage = await sent(one);
    outcome.value = { who: passage.name || who, result: passage.result, detail: "", bad: false };
    return passage;
  } catch (error) {
    if (error instanceof Refusal && !isLater(error.status)) {
      outcome.value = { who, result: "", detail: error.message, bad: true };
    } else {
      writeDown(one);
    }
    return null;
  }
}

async function sent(one: Waiting): Promise<LivePassage> {
  const waited = waiting.value.some((other) => other.given.id === one.given.id);
  const passage = live(
    await checkin.pass(one.list, waited ? { ...one.given, ago_s: agoS(one, Date.now()) } : one.given),
  );
  hear([passage]);
  if (one.list === listId.value) chosenId.value = passage.id;
  return passage;
}

function writeDown(one: Waiting): void {
  const more = added(all(), one);
  full.value = more === null;
  outcome.value = { who: one.who, result: full.value ? "" : "waiting", detail: "", bad: full.value };
  if (more) store(more);
}

/** What waits, also what another tab of this desk wrote down; of a browser that keeps nothing, what this tab remembers. */
function all(): readonly Waiting[] {
  return keeps ? kept() : waiting.value;
}

let keeps = true;
function store(now: readonly Waiting[]): void {
  waiting.value = now;
  keeps = keep(now);
}

let flushing = false;
/** Send what waits, in order; stop at the first that finds nobody. */
async function flush(): Promise<void> {
  if (flushing || waiting.value.length === 0) return;
  flushing = true;
  try {
    for (const one of waiting.value) {
      try {
        await sent(one);
      } catch (error) {
        if (!(error instanceof Refusal) || isLater(error.status)) return;
        refusals.value = [...refusals.value, { id: one.given.id, who: one.who, why: error.message }].slice(-50);
      }
      store(without(all(), one.given.id));
      full.value = false;
    }
  } finally {
    flushing = false;
  }
}

export function lookAtRefusal(id: string): void {
  refusals.value = refusals.value.filter((one) => one.id !== id);
}

export function startSending(): void {
  window.addEventListener("storage", () => (waiting.value = all()));
  window.setInterval(() => void flush(), RETRY_MS);
  void flush();
}
