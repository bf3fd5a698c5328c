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
    (event, _ward, text) => text.events.camera(String(event.data["camera"] ?? ""), cameraState(event, text)),
  ],
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
