// the center's /ws and REST ↔ the desk's state: one occasion, one list, who passes. All rules are in the pure modules beside it.
import { computed, ref, shallowRef } from "vue";
import { askSession, goToSignIn, Refusal } from "../api";
import { checkin, strangers as strangerCalls, type Attendance, type Stranger } from "../api/checkin";
import {
  delegates as delegateCalls,
  occasions as occasionCalls,
  type Direction,
  type Occasion,
} from "../api/occasions";
import { Socket } from "../socket";
import { ServerClock } from "../store/clock";
import { language } from "../text/chosen";
import type { LivePassage } from "../wire";
import { begun, live, looked, NONE, told, warnings as warningsOf } from "./arrivals";
import { after } from "./roll";
import { known, type Known } from "./search";

const SOON_MS = 800;
const AGAIN_MS = 3_000;
/** An occasion may be opened or closed on another page. */
const LOOK_AGAIN_MS = 10_000;

export const occasions = shallowRef<readonly Occasion[] | null>(null);
export const occasionId = ref("");
export const listId = ref("");
export const gateId = ref("");
export const direction = ref<Direction>("in");
export const connected = ref(false);
/** What went wrong, in the center's words. */
export const problem = ref("");
export const roll = shallowRef<ReadonlyMap<string, Known>>(new Map());
export const arrivals = shallowRef(NONE);
export const attendance = shallowRef<Attendance | null>(null);
export const strangers = shallowRef<readonly Stranger[]>([]);
/** The passage that is shown large; empty: always the newest. */
export const chosenId = ref("");

export const occasion = computed(() => occasions.value?.find((one) => one.id === occasionId.value) ?? null);
export const list = computed(() => occasion.value?.lists.find((one) => one.id === listId.value) ?? null);
export const gates = computed(() => occasion.value?.gates.filter((one) => one.list === listId.value) ?? []);
export const isLive = computed(() => occasion.value?.state === "open" || occasion.value?.state === "rehearsal");
/** The list whose earlier passages are here: what was refused long ago is told from what was refused just now. */
const begunList = ref("");
export const warnings = computed(() => (begunList.value === listId.value ? warningsOf(arrivals.value) : []));
export const chosen = computed(() => {
  const { latest } = arrivals.value;
  return latest.find((one) => one.id === chosenId.value) ?? latest[0] ?? null;
});

const ORDER: Readonly<Record<string, number>> = { open: 0, rehearsal: 1, draft: 2, closed: 3 };
const KEY = "wardroom.desk.list";

/** The computer at a desk may have any time of day. */
const clock = new ServerClock();

export async function start(): Promise<void> {
  const socket: Socket = new Socket(
    {
      heard: (serverTimeUs, fresh) => {
        if (fresh) clock.reset();
        clock.hear(serverTimeUs, performance.now());
      },
      apply: (message) => hear(message.passages ?? []),
      changed: (state) => {
        const before = connected.value;
        connected.value = state.phase === "live";
        if (connected.value && !before && listId.value) void refresh();
      },
      checkSession: () =>
        void askSession(language.value).then((answer) => {
          if (answer.kind === "gone") socket.input({ kind: "signed_out" });
        }),
      leave: goToSignIn,
      reload: () => location.reload(),
    },
    ["passages"],
  );
  socket.start();
  await load();
  window.setInterval(() => void lookAgain(), LOOK_AGAIN_MS);
}

async function lookAgain(): Promise<void> {
  const before = occasion.value;
  const found = connected.value ? await tried(() => occasionCalls.all()) : null;
  if (!found) return;
  occasions.value = sorted(found);
  const now = occasion.value;
  if (!now) return pick();
  const listed = list.value?.id ?? now.lists[0]?.id ?? "";
  // What the rehearsal made is erased when an occasion is opened: nothing of it may stay here.
  if (before?.state !== now.state || listed !== listId.value) await choose(now.id, listed);
  else if (invited(before) !== invited(now)) await refresh();
}

/** Changes with each delegate who is added, put on a list, or revoked meanwhile. */
function invited({ delegates, lists }: Occasion): string {
  return [delegates, ...lists.map((one) => one.expected)].join();
}

async function load(): Promise<void> {
  const found = await tried(() => occasionCalls.all());
  if (!found) {
    window.setTimeout(() => void load(), AGAIN_MS);
    return;
  }
  occasions.value = sorted(found);
  await pick();
}

/** The list that was open here last, or the first of what goes on; nothing where there is none. */
async function pick(): Promise<void> {
  const found = occasions.value ?? [];
  const wanted = new URLSearchParams(location.search).get("list") ?? localStorage.getItem(KEY);
  const kept = found.find((one) => one.lists.some((each) => each.id === wanted));
  const first = kept && kept.state !== "closed" ? kept : found[0];
  if (first) await choose(first.id, first.lists.find((one) => one.id === wanted)?.id ?? first.lists[0]?.id ?? "");
}

/** What goes on first, the latest first. */
function sorted(found: readonly Occasion[]): readonly Occasion[] {
  const rank = (one: Occasion) => ORDER[one.state] ?? 9;
  return [...found].sort((a, b) => rank(a) - rank(b) || Date.parse(b.starts) - Date.parse(a.starts));
}

/** Another occasion, or another list of it. */
export async function choose(inOccasion: string, inList: string): Promise<void> {
  const other = inOccasion !== occasionId.value;
  occasionId.value = inOccasion;
  listId.value = inList;
  gateId.value = "";
  chosenId.value = "";
  begunList.value = "";
  arrivals.value = NONE;
  attendance.value = null;
  if (other) roll.value = new Map();
  if (!inList) return;
  localStorage.setItem(KEY, inList);
  await refresh();
}

/** All of it anew: at the start, and after the center was away. */
export async function refresh(): Promise<void> {
  const [ofOccasion, ofList] = [occasionId.value, listId.value];
  const [page, found] = [
    await tried(() => checkin.passages(ofList)),
    await tried(() => delegateCalls.all(ofOccasion, {})),
  ];
  if (ofList !== listId.value) return;
  if (page) {
    const passages = page.items.map(live);
    const before = arrivals.value;
    // What the socket told meanwhile is newer, and goes as far back.
    const both = [...passages, ...before.latest];
    arrivals.value = begunList.value === ofList ? told(before, passages) : begun(both, clock.nowUs(performance.now()));
    begunList.value = ofList;
  }
  // Who came while the roll was on its way is in the arrivals, and not yet in it.
  if (found)
    roll.value = after(new Map(found.map((one) => [one.id, known(one)])), [...arrivals.value.latest].reverse());
  await count();
}

let counting = 0;
function countSoon(): void {
  if (counting) return;
  counting = window.setTimeout(() => {
    counting = 0;
    void count();
  }, SOON_MS);
}

let counts = 0;
/** Of several counts on their way the last one asked for stands; one that failed is asked for again. */
async function count(): Promise<void> {
  const mine = ++counts;
  const [ofOccasion, ofList] = [occasionId.value, listId.value];
  const counted = await tried(() => checkin.attendance(ofList));
  const unknown = await tried(() => strangerCalls.all(ofOccasion));
  if (ofList !== listId.value || mine !== counts) return;
  if (counted) attendance.value = counted;
  else window.setTimeout(countSoon, AGAIN_MS);
  if (unknown) strangers.value = unknown.filter((one) => one.state === "open");
}

/** Passages of this list, from wherever they come. */
export function hear(passages: readonly LivePassage[]): void {
  const mine = passages.filter((one) => one.list === listId.value);
  if (mine.length === 0) return;
  arrivals.value = told(arrivals.value, mine);
  roll.value = after(roll.value, mine);
  countSoon();
}

/** When somebody who has come already did, as far as is known here. */
export function cameAtUs({ delegate, list: inList }: LivePassage): number | null {
  const at = delegate === null ? undefined : roll.value.get(delegate)?.delegate.arrived[inList];
  return at ? Date.parse(at) * 1000 : null;
}

export function look(id: string): void {
  arrivals.value = looked(arrivals.value, id);
}

export async function undo(passage: LivePassage, reason: string): Promise<void> {
  hear([live(await checkin.undo(passage.id, reason))]);
  // What they were before is not in the answer: whoever is undone may be inside or not.
  await refresh();
}

export async function assign(stranger: string, delegate: string, enrol: boolean): Promise<string | null> {
  const answer = await strangerCalls.assign(stranger, delegate, enrol);
  await refresh();
  return enrol && !answer.enrolled ? answer.reason : null;
}

export async function ignore(stranger: string): Promise<void> {
  await strangerCalls.ignore(stranger);
  await count();
}

/** Null where it could not be had; why is said on the page. A center that is away is said elsewhere. */
async function tried<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    const answer = await call();
    problem.value = "";
    return answer;
  } catch (error) {
    problem.value = error instanceof Refusal ? error.message : "";
    return null;
  }
}
