// snapshot, deltas → the ward as the center knows it. Nothing here knows of a screen.
//
// Every map is keyed by what the center names and is emptied by a snapshot, so it is bounded by what the center has;
// events are a ring.
import { EVENTS_SHOWN } from "../wire";
import type { Delta, LiveEvent, LiveGateway, LiveReading, LiveSeries, LiveSite, Snapshot } from "../wire";
import { activeFaults } from "./faults";
import { gatewayKey } from "./keys";
import { Trail } from "./trail";

export class Ward {
  seq = 0;
  readonly sites = new Map<string, LiveSite>();
  readonly gateways = new Map<string, LiveGateway>();
  readonly series = new Map<number, LiveSeries>();
  readonly readings = new Map<number, LiveReading>();
  readonly trails = new Map<number, Trail>();
  /** Ascending by sequence. */
  events: LiveEvent[] = [];

  /** Forget everything and take what the center says. */
  replace(snapshot: Snapshot): void {
    for (const map of [this.sites, this.gateways, this.series, this.readings, this.trails]) map.clear();
    this.events = [];
    this.upsert(snapshot);
  }

  /** Take what changed. Returns false, and changes nothing, where something between is missing. */
  apply(delta: Delta): boolean {
    if (delta.since > this.seq) return false;
    if (delta.seq < this.seq) return true;
    this.upsert(delta);
    return true;
  }

  private upsert(change: Snapshot | Delta): void {
    for (const site of change.sites ?? []) this.sites.set(site.id, site);
    for (const gateway of change.gateways ?? []) this.gateways.set(gatewayKey(gateway.site, gateway.id), gateway);
    for (const series of change.series ?? []) this.series.set(series.id, series);
    for (const reading of change.readings ?? []) this.read(reading);
    this.happen(change.events ?? []);
    this.seq = change.seq;
  }

  private read(reading: LiveReading): void {
    const { trail: points, ...latest } = reading;
    this.readings.set(reading.series, { ...latest, trail: null });
    let trail = this.trails.get(reading.series);
    if (!trail) this.trails.set(reading.series, (trail = new Trail()));
    if (points) trail.replace(points);
    else trail.add(Math.min(reading.time_us, reading.received_us), reading.value);
  }

  private happen(events: readonly LiveEvent[]): void {
    if (events.length === 0) return;
    const known = new Set(this.events.map(eventKey));
    const fresh = events.filter((event) => !known.has(eventKey(event)));
    this.events = shown([...this.events, ...fresh].toSorted((a, b) => a.seq - b.seq));
  }
}

/** What a camera sees passing: only the newest of each camera is listed, by the center's rule (`center/sights.py`). */
const PASSING = new Set(
  ["code.read", "face.recognized", "face.unknown", "object.visit"].map((kind) => `vn.wardroom.${kind}.v1`),
);

function newest(events: readonly LiveEvent[]): LiveEvent[] {
  const last = new Map<string, number>();
  for (const event of events) if (PASSING.has(event.type)) last.set(cameraKey(event), event.seq);
  return events.filter((event) => !PASSING.has(event.type) || last.get(cameraKey(event)) === event.seq);
}

/** As many as a snapshot brings, so that a screen that resumed shows what a fresh one shows: the last ones, and the faults that still last. */
function shown(all: LiveEvent[]): LiveEvent[] {
  const events = newest(all);
  if (events.length <= EVENTS_SHOWN) return events;
  const lasting = new Set(activeFaults(events).values());
  const first = events.length - EVENTS_SHOWN;
  return events.filter((event, index) => index >= first || lasting.has(event));
}

function cameraKey(event: LiveEvent): string {
  return `${event.site}/${event.gateway}/${event.subject}`;
}

export function eventKey(event: LiveEvent): string {
  return `${event.site}/${event.gateway}/${event.id}`;
}
