// what is done at the desk → the center, at once or as soon as it is back; each with its id, so that nothing counts twice.
import { computed, ref, shallowRef } from "vue";
import { Refusal } from "../api";
import { checkin, type PassageIn } from "../api/checkin";
import type { Delegate, Direction } from "../api/occasions";
import { minuteTime } from "../view/times";
import type { LivePassage } from "../wire";
import { live } from "./arrivals";
import { cameAtUs, chosenId, direction, gateId, hear, listId } from "./desk";
import { newId } from "./ids";
import { added, agoS, changed, isDue, isLater, keep, kept, without, type Moment, type Waiting } from "./waiting";
import { words } from "./words";

const RETRY_MS = 3_000;
const PAGE = newId();

export interface Outcome {
  readonly who: string;
  /** As in the passage; `waiting` where it was only written down. */
  readonly result: string;
  /** Where they sit, or since when they are here. */
  readonly note: string;
  /** What went wrong, in a sentence. */
  readonly problem: string;
}

const written = shallowRef(kept());
/** What is to be sent when the center is back. */
export const waiting = computed(() => written.value.filter((one) => one.late && one.refused === undefined));
/** What was refused when it was sent at last; stays until it is looked at. */
export const refusals = computed(() => written.value.filter((one) => one.refused !== undefined));
/** What came of the last one. */
export const outcome = shallowRef<Outcome | null>(null);
export const sending = ref(false);
/** There is no room for one more. */
export const full = ref(false);

export function passCode(code: string, who: string): Promise<LivePassage | null> {
  return pass({ method: "code", code, delegate: null, override: false, reason: null }, who);
}

export function passDelegate(delegate: Delegate, way: Direction = direction.value): Promise<LivePassage | null> {
  const who = `${delegate.title} ${delegate.name}`.trim();
  return pass({ method: "name", code: null, delegate: delegate.id, override: false, reason: null }, who, way);
}

/** Let in against the rules, the way they were refused: with a name and a reason. */
export function letIn(passage: LivePassage, reason: string): Promise<LivePassage | null> {
  const who = `${passage.title} ${passage.name}`.trim();
  const asked = { method: "hand", code: null, delegate: passage.delegate, override: true, reason } as const;
  return pass(asked, who, passage.direction === "out" ? "out" : "in");
}

export function complain(problem: string): void {
  outcome.value = { who: "", result: "", note: "", problem };
}

type Asked = Omit<PassageIn, "id" | "gate" | "direction" | "ago_s">;

const underWay = new Set<string>();
/** A button pressed twice, a badge read twice while the first is on its way: once. */
async function pass(asked: Asked, who: string, way = direction.value): Promise<LivePassage | null> {
  const same = JSON.stringify([listId.value, gateId.value, way, asked]);
  if (underWay.has(same)) return null;
  underWay.add(same);
  sending.value = true;
  try {
    return await passed({ id: newId(), gate: gateId.value || null, direction: way, ...asked }, who);
  } finally {
    underWay.delete(same);
    sending.value = underWay.size > 0;
  }
}

/** Written down first: whoever closes the browser while it is on its way loses nothing. */
async function passed(given: PassageIn, who: string): Promise<LivePassage | null> {
  const { wallMs: atMs, page, pageMs } = moment();
  const one: Waiting = { list: listId.value, who, atMs, page, pageMs, given };
  const room = added(all(), one);
  if (room) store(room);
  try {
    const passage = await sent(one.list, given);
    outcome.value = { who: passage.name || who, result: passage.result, note: noteOf(passage), problem: "" };
    store(without(all(), given.id));
    return passage;
  } catch (error) {
    if (error instanceof Refusal && !isLater(error.status)) {
      outcome.value = { who, result: "", note: "", problem: error.message };
      store(without(all(), given.id));
      return null;
    }
    full.value = room === null;
    outcome.value = { who, result: room ? "waiting" : "", note: "", problem: room ? "" : words.value.waitingFull };
    store(changed(all(), given.id, { late: true }));
    return null;
  }
}

function noteOf(passage: LivePassage): string {
  const cameUs = passage.result === "already" ? cameAtUs(passage) : null;
  if (cameUs !== null) return words.value.since(minuteTime(cameUs));
  return passage.seat && passage.direction === "in" ? words.value.seat(passage.seat) : "";
}

async function sent(list: string, given: PassageIn): Promise<LivePassage> {
  const passage = live(await checkin.pass(list, given));
  hear([passage]);
  if (list === listId.value) chosenId.value = "";
  return passage;
}

function moment(): Moment {
  return { wallMs: Date.now(), page: PAGE, pageMs: performance.now() };
}

/** What is kept, also of another tab of this desk; of a browser that keeps nothing, what this tab remembers. */
function all(): readonly Waiting[] {
  return keeps ? kept() : written.value;
}

let keeps = true;
function store(now: readonly Waiting[]): void {
  written.value = now;
  keeps = keep(now);
}

let flushing = false;
/** Send what waits, in order; stop at the first that finds nobody. */
async function flush(): Promise<void> {
  if (flushing || written.value.length === 0) return;
  flushing = true;
  try {
    for (const one of all().filter((each) => isDue(each, moment()))) if (!(await settled(one))) return;
    full.value = false;
  } finally {
    flushing = false;
  }
}

/** Whether the center answered. */
async function settled(one: Waiting): Promise<boolean> {
  const { id } = one.given;
  try {
    await sent(one.list, { ...one.given, ago_s: agoS(one, moment()) });
    store(without(all(), id));
  } catch (error) {
    const refused = error instanceof Refusal && !isLater(error.status);
    store(changed(all(), id, refused ? { refused: error.message } : { late: true }));
    return refused;
  }
  return true;
}

export function lookAtRefusal(id: string): void {
  store(without(all(), id));
}

export function startSending(): void {
  window.addEventListener("storage", () => (written.value = all()));
  window.setInterval(() => void flush(), RETRY_MS);
  void flush();
}
