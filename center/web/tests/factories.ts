// Things of the wire with sensible defaults.
import type { Delta, Hello, LiveEvent, LiveGateway, LiveReading, LiveSeries, LiveSite, Snapshot } from "../src/wire";

export const NOW = 1_790_000_000_000_000;
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;

export function site(id = "vp", given: Partial<LiveSite> = {}): LiveSite {
  return { id, name_vi: `Trụ sở ${id}`, name_en: `Office ${id}`, kind: "office", ...given };
}

export function gateway(given: Partial<LiveGateway> = {}): LiveGateway {
  return {
    site: "vp",
    id: "gw-1",
    name_vi: "Cổng 1",
    name_en: "Gateway 1",
    state: "online",
    state_since_us: NOW - 60 * MINUTE,
    heartbeat_us: NOW - 5 * SECOND,
    skew_s: 0,
    outbox_packs: 0,
    outbox_bytes: 0,
    dropped: 0,
    quarantined: 0,
    temperature_c: null,
    disk_free_bytes: null,
    ...given,
  };
}

export function series(id = 1, given: Partial<LiveSeries> = {}): LiveSeries {
  return {
    id,
    site: "vp",
    gateway: "gw-1",
    sensor: "air",
    sensor_name_vi: "Không khí",
    sensor_name_en: "Air",
    quantity: "temperature",
    unit: "Cel",
    period_s: 20,
    ...given,
  };
}

export function reading(id = 1, given: Partial<LiveReading> = {}): LiveReading {
  const time_us = given.time_us ?? NOW - 2 * SECOND;
  return { series: id, time_us, received_us: time_us + 1000, value: 31.2, flags: 0, trail: null, ...given };
}

export function event(seq: number, given: Partial<LiveEvent> = {}): LiveEvent {
  const time_us = given.time_us ?? NOW - 10 * MINUTE + seq * SECOND;
  return {
    seq,
    site: "vp",
    gateway: "gw-1",
    id: `event-${seq}`,
    type: "vn.wardroom.sensor.fault.v1",
    time_us,
    received_us: time_us,
    offline: false,
    subject: null,
    data: { sensor: "air", reason: "no_answer", detail: "" },
    ...given,
  };
}

export function snapshot(given: Partial<Snapshot> = {}): Snapshot {
  return {
    type: "snapshot",
    seq: 10,
    reason: "first",
    sites: [site()],
    gateways: [gateway()],
    series: [series()],
    readings: [reading()],
    events: [],
    greetings: [],
    passages: [],
    ...given,
  };
}

export function delta(since: number, seq: number, given: Partial<Delta> = {}): Delta {
  return { type: "delta", since, seq, ...given };
}

export function hello(given: Partial<Hello> = {}): Hello {
  return { type: "hello", boot: "b1", seq: 10, server_time_us: NOW, ping_s: 2, version: "1.0", ...given };
}

/** The paths of everything in a catalogue. */
export function leaves(value: unknown, path = ""): string[] {
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
    : [path];
}
