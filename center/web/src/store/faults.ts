// events → which sensors are at fault now: a fault without a later recovery.
import type { LiveEvent } from "../wire";
import { sensorKey } from "./keys";

const FAULT = "vn.wardroom.sensor.fault.v1";
const RECOVERED = "vn.wardroom.sensor.recovered.v1";

/** Keyed by site/gateway/sensor; the event is the first of the faults that still last. */
export function activeFaults(events: readonly LiveEvent[]): ReadonlyMap<string, LiveEvent> {
  const active = new Map<string, LiveEvent>();
  for (const event of events.toSorted((a, b) => a.time_us - b.time_us || a.seq - b.seq)) {
    const key = sensorKey(event.site, event.gateway, String(event.data["sensor"] ?? event.subject ?? ""));
    if (event.type === RECOVERED) active.delete(key);
    if (event.type === FAULT && !active.has(key)) active.set(key, event);
  }
  return active;
}
