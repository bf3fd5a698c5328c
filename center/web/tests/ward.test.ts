import { describe, expect, it } from "vitest";
import { Ward } from "../src/store/ward";
import { EVENTS_SHOWN } from "../src/wire";
import { delta, event, gateway, MINUTE, NOW, reading, series, site, snapshot } from "./factories";

function loaded(): Ward {
  const ward = new Ward();
  ward.replace(snapshot());
  return ward;
}

describe("a ward", () => {
  it("is what a snapshot says and nothing else", () => {
    const ward = loaded();
    ward.replace(snapshot({ seq: 3, sites: [site("other")], gateways: [], series: [], readings: [] }));
    expect([...ward.sites.keys()]).toEqual(["other"]);
    expect(ward.readings.size + ward.trails.size + ward.series.size + ward.gateways.size).toBe(0);
    expect(ward.seq).toBe(3);
  });

  it("takes what a delta changes and keeps the rest", () => {
    const ward = loaded();
    const changed = gateway({ state: "offline" });
    expect(ward.apply(delta(10, 11, { gateways: [changed], readings: [reading(1, { value: 5 })] }))).toBe(true);
    expect(ward.gateways.get("vp/gw-1")?.state).toBe("offline");
    expect(ward.readings.get(1)?.value).toBe(5);
    expect(ward.sites.size).toBe(1);
    expect(ward.seq).toBe(11);
  });

  it("refuses a delta with a hole before it and changes nothing", () => {
    const ward = loaded();
    expect(ward.apply(delta(11, 12, { readings: [reading(1, { value: 5 })] }))).toBe(false);
    expect(ward.readings.get(1)?.value).toBe(31.2);
    expect(ward.seq).toBe(10);
  });

  it("ignores a delta from its past", () => {
    const ward = loaded();
    expect(ward.apply(delta(3, 7, { readings: [reading(1, { value: 5 })] }))).toBe(true);
    expect(ward.readings.get(1)?.value).toBe(31.2);
  });

  it("draws a trail from deltas by the minute in which the reading ranks", () => {
    const ward = loaded();
    ward.apply(delta(10, 11, { readings: [reading(1, { time_us: NOW + 20 * MINUTE, received_us: NOW, value: 7 })] }));
    expect(ward.trails.get(1)?.points.at(-1)).toEqual([Math.floor(NOW / MINUTE), 7]);
  });

  it("takes a trail anew where the center sends one", () => {
    const ward = loaded();
    const minute = Math.floor(NOW / MINUTE);
    ward.apply(delta(10, 11, { readings: [reading(1, { trail: [[minute - 1, 4], [minute, 5]] })] })); // prettier-ignore
    expect(ward.trails.get(1)?.points).toEqual([
      [minute - 1, 4],
      [minute, 5],
    ]);
  });

  it("keeps each event once, in order, and only the last ones", () => {
    const ward = loaded();
    const many = Array.from({ length: EVENTS_SHOWN + 50 }, (_, n) =>
      event(n + 1, { type: "vn.wardroom.sensor.recovered.v1" }),
    );
    ward.apply(delta(10, 300, { events: many }));
    ward.apply(delta(300, 301, { events: [many.at(-1) ?? event(1), event(301)] }));
    expect(ward.events.length).toBe(EVENTS_SHOWN);
    expect(ward.events.at(-1)?.seq).toBe(301);
    expect(new Set(ward.events.map((one) => one.id)).size).toBe(EVENTS_SHOWN);
  });

  it("lists of what a camera sees passing only the newest, so that a crowd pushes nothing out", () => {
    const ward = loaded();
    const passing = { type: "vn.wardroom.face.recognized.v1", subject: "gate", data: { camera: "gate" } };
    const recovered = event(11, { type: "vn.wardroom.sensor.recovered.v1" });
    ward.apply(delta(10, 11, { events: [recovered] }));
    for (let seq = 12; seq < 20 + EVENTS_SHOWN; seq++) {
      ward.apply(delta(seq - 1, seq, { events: [event(seq, passing)] }));
    }
    expect(ward.events.map((one) => one.seq)).toEqual([11, 19 + EVENTS_SHOWN]);
  });

  it("keeps a fault that lasts, however many events came since", () => {
    const ward = loaded();
    const later = Array.from({ length: EVENTS_SHOWN + 50 }, (_, n) => event(n + 2, { data: { sensor: `s${n}` }, type: "vn.wardroom.sensor.recovered.v1" })); // prettier-ignore
    ward.apply(delta(10, 300, { events: [event(1), ...later] }));
    expect(ward.events.length).toBe(EVENTS_SHOWN + 1);
    expect(ward.events[0]?.seq).toBe(1);
    ward.apply(delta(300, 301, { events: [event(301, { type: "vn.wardroom.sensor.recovered.v1" })] }));
    expect(ward.events.length).toBe(EVENTS_SHOWN);
  });

  it("learns of a new series while it runs", () => {
    const ward = loaded();
    ward.apply(delta(10, 12, { series: [series(2, { sensor: "bus" })], readings: [reading(2)] }));
    expect(ward.series.size).toBe(2);
    expect(ward.trails.get(2)?.points.length).toBe(1);
  });
});
