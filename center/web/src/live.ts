// socket + ward + clock → the picture components draw: at most ten times a second and once on every second.
import { computed, ref, shallowRef } from "vue";
import { askSession, goToSignIn, type Session } from "./api";
import { Socket, type Listener } from "./socket";
import { ServerClock } from "./store/clock";
import type { Phase } from "./store/connection";
import { believedUs } from "./store/freshness";
import { Rate } from "./store/rate";
import { Ward } from "./store/ward";
import { language, text } from "./text/language";
import { EMPTY, Projector, type Picture } from "./view/picture";
import type { Delta, LiveSeries, Snapshot } from "./wire";

const FRAME_MS = 100;

export type Shown = "connecting" | "live" | "lost";

const ward = new Ward();
const clock = new ServerClock();
const rate = new Rate();
const projector = new Projector();

export const session = shallowRef<Session | null>(null);
export const picture = shallowRef<Picture>(EMPTY);
/** The center's time now, in microseconds; null before it ever told. */
export const nowUs = ref<number | null>(null);
/** The time of what is shown: the present, or when the connection was lost. */
export const pictureUs = ref(0);
export const flow = shallowRef<{ perSecond: number; delayMs: number | null }>({ perSecond: 0, delayMs: null });
export const phase = ref<Phase>("idle");
export const everLive = ref(false);
export const boot = ref("");
export const shown = computed<Shown>(() => (phase.value === "live" ? "live" : everLive.value ? "lost" : "connecting"));

let heardUs = 0;
let painted = -Infinity;
let painting = false;

const listener: Listener = {
  heard(serverTimeUs, fresh) {
    if (fresh) clock.reset();
    clock.hear(serverTimeUs, performance.now());
    if (socket.state.phase === "live") heardUs = serverTimeUs;
  },
  apply(message, resumed) {
    if (message.type === "snapshot") ward.replace(message);
    else ward.apply(message);
    if (!resumed) measure(message);
    heardUs = clock.nowUs(performance.now()) ?? heardUs;
    paintSoon();
  },
  changed(state) {
    phase.value = state.phase;
    everLive.value = state.everLive;
    boot.value = state.boot ?? "";
    if (state.phase === "waiting") rate.clear();
    paint();
  },
  checkSession: () => void checkSession(),
  leave: goToSignIn,
  reload: () => location.reload(),
};
const socket = new Socket(listener);

function measure(message: Snapshot | Delta): void {
  const localMs = performance.now();
  const now = clock.nowUs(localMs);
  for (const reading of message.readings ?? []) {
    rate.record(localMs, now === null || reading.flags ? null : (now - believedUs(reading)) / 1000);
  }
}

async function checkSession(): Promise<void> {
  const answer = await askSession(language.value);
  if (answer.kind === "gone" || (answer.kind === "valid" && answer.session.must_change_password)) {
    socket.input({ kind: "signed_out" });
  }
  if (answer.kind === "valid") session.value = answer.session;
}

/** A thousand deltas a second are one picture ten times a second; a hidden page paints none. */
function paintSoon(): void {
  if (painting || document.hidden) return;
  painting = true;
  const wait = painted + FRAME_MS - performance.now();
  const frame = () => requestAnimationFrame(paint);
  if (wait > 0) window.setTimeout(frame, wait);
  else frame();
}

function paint(): void {
  painting = false;
  painted = performance.now();
  const live = phase.value === "live";
  const now = clock.nowUs(painted);
  nowUs.value = now;
  pictureUs.value = live ? (now ?? 0) : heardUs;
  picture.value = projector.project(ward, { nowUs: pictureUs.value, live, text: text.value });
}

function beat(): void {
  const localMs = performance.now();
  flow.value = { perSecond: rate.perSecond(localMs), delayMs: rate.medianDelayMs(localMs) };
  paint();
  const now = clock.nowUs(localMs);
  // On the next whole second of the center's clock, so that all walls tick together.
  const rest = now === null ? 1000 : 1000 - (Math.floor(now / 1000) % 1000);
  window.setTimeout(beat, rest + 5);
}

export async function start(): Promise<void> {
  await checkSession();
  if (socket.state.phase === "left") return;
  beat();
  socket.start();
}

/** What the center says of a series, for the panel that shows its history. */
export function seriesOf(id: number): LiveSeries | undefined {
  return ward.series.get(id);
}

/** The language changed: every word of the picture is said anew. */
export function repaint(): void {
  paint();
}
