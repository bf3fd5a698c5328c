// an event → a sentence with its time and place.
import type { LiveEvent } from "../wire";
import { eventKey, type Ward } from "../store/ward";
import type { Messages } from "../text/vi";
import { sensorName, siteName } from "./names";
import { figure } from "./numbers";
import { faultReason } from "./problems";
import type { Instant } from "./series";
import { clockTime, lastingText, shortTime } from "./times";

export type EventTone = "bad" | "good" | "plain";

export interface EventView {
  readonly key: string;
  readonly type: string;
  readonly tone: EventTone;
  readonly time: string;
  readonly place: string;
  readonly sentence: string;
  /** How long what is over has lasted; empty where nothing is over. */
  readonly after: string;
  readonly offline: boolean;
}

type Telling = (event: LiveEvent, ward: Ward, text: Messages) => string;

type Tone = EventTone | ((event: LiveEvent) => EventTone);

const TELLINGS: Readonly<Record<string, readonly [Tone, Telling]>> = {
  "vn.wardroom.sensor.fault.v1": [
    "bad",
    (event, ward, text) => text.events.fault(sensorOf(event, ward, text), faultReason(event.data["reason"], text)),
  ],
  "vn.wardroom.sensor.recovered.v1": [
    "good",
    (event, ward, text) => text.events.recovered(sensorOf(event, ward, text)),
  ],
  "vn.wardroom.outbox.dropped.v1": ["bad", (event, _ward, text) => text.events.dropped(counted(event, "packs", text))],
  "vn.wardroom.outbox.quarantined.v1": [
    "bad",
    (event, _ward, text) => text.events.quarantined(counted(event, "sends", text)),
  ],
  "vn.wardroom.camera.status.v1": [
    (event) => CAMERA_TONES[String(event.data["state"])] ?? "plain",
    (event, _ward, text) => text.events.camera(said(event, "camera"), cameraState(event, text)),
  ],
  "vn.wardroom.object.visit.v1": ["plain", visited],
  "vn.wardroom.object.entered.v1": [
    "plain",
    (event, _ward, text) => text.events.entered(said(event, "camera"), labelled(event, text), said(event, "zone")),
  ],
  "vn.wardroom.object.left.v1": [
    "plain",
    (event, _ward, text) => text.events.left(said(event, "camera"), labelled(event, text), said(event, "zone")),
  ],
  "vn.wardroom.object.loitering.v1": [
    "bad",
    (event, _ward, text) => text.events.loitering(said(event, "camera"), labelled(event, text), said(event, "zone")),
  ],
  "vn.wardroom.zone.crowded.v1": [(event) => (event.data["crowded"] === true ? "bad" : "good"), crowded],
  // a wall hangs where everybody sees it: it says that somebody is known, never who
  "vn.wardroom.face.recognized.v1": ["plain", (event, _ward, text) => text.events.recognized(said(event, "camera"))],
  "vn.wardroom.code.read.v1": ["plain", (event, _ward, text) => text.events.codeRead(said(event, "camera"))],
  "vn.wardroom.face.unknown.v1": ["plain", (event, _ward, text) => text.events.unknown(said(event, "camera"))],
};
const CAMERA_TONES: Readonly<Record<string, EventTone>> = { online: "good", offline: "bad" };

export function eventView(event: LiveEvent, ward: Ward, { text, nowUs }: Instant): EventView {
  const [tone, tell] = TELLINGS[event.type] ?? ["plain", plainly];
  const recent = nowUs - event.time_us < 3_600e6;
  return {
    key: eventKey(event),
    type: event.type,
    tone: typeof tone === "function" ? tone(event) : tone,
    time: recent ? clockTime(event.time_us) : shortTime(event.time_us, nowUs),
    place: siteName(ward.sites.get(event.site), event.site, text),
    sentence: tell(event, ward, text),
    after: afterText(event.data["fault_s"], text),
    offline: event.offline,
  };
}

function cameraState(event: LiveEvent, text: Messages): string {
  const state = String(event.data["state"]);
  if (state !== "offline") return text.cameraState[state] ?? state;
  return text.cameraReason[String(event.data["reason"])] ?? text.faultUnknown;
}

function visited(event: LiveEvent, _ward: Ward, text: Messages): string {
  const { came, went, moved } = text.events;
  const change = event.data["change"];
  return (change === "new" ? came : change === "end" ? went : moved)(said(event, "camera"), labelled(event, text));
}

function crowded(event: LiveEvent, _ward: Ward, text: Messages): string {
  const [camera, zone] = [said(event, "camera"), said(event, "zone")];
  if (event.data["crowded"] !== true) return text.events.dispersed(camera, zone);
  return text.events.crowded(camera, zone, counted(event, "count", text));
}

function labelled(event: LiveEvent, text: Messages): string {
  const label = said(event, "label");
  return text.labels[label] ?? label;
}

function said(event: LiveEvent, field: string): string {
  return String(event.data[field] ?? "");
}

function afterText(seconds: unknown, text: Messages): string {
  return typeof seconds === "number" ? text.events.after(lastingText(seconds * 1e6, text)) : "";
}

function plainly(event: LiveEvent, _ward: Ward, text: Messages): string {
  return text.events.other(event.type.replace(/^vn\.wardroom\./, "").replace(/\.v\d+$/, ""));
}

function counted(event: LiveEvent, field: string, text: Messages): string {
  return figure(Number(event.data[field] ?? 0), 0, text);
}

function sensorOf(event: LiveEvent, ward: Ward, text: Messages): string {
  const id = String(event.data["sensor"] ?? event.subject ?? "");
  for (const series of ward.series.values()) {
    if (series.site === event.site && series.gateway === event.gateway && series.sensor === id) {
      return sensorName(series, text);
    }
  }
  return id;
}
