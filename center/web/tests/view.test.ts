import { describe, expect, it } from "vitest";
import { Ward } from "../src/store/ward";
import { vi } from "../src/text/vi";
import { blocks, pack, rowsOf } from "../src/view/blocks";
import { column, EVENT, PROBLEM } from "../src/view/column";
import { fit, pageAt } from "../src/view/layout";
import { Projector, type Picture } from "../src/view/picture";
import type { SeriesView } from "../src/view/series";
import { sparkline } from "../src/view/sparkline";
import { Flag } from "../src/wire";
import { delta, event, gateway, MINUTE, NOW, reading, SECOND, series, site, snapshot } from "./factories";

const instant = { nowUs: NOW, live: true, text: vi };

function pictureOf(...messages: Parameters<Ward["apply"]>[0][]): [Projector, Ward, Picture] {
  const ward = new Ward();
  ward.replace(snapshot());
  for (const message of messages) ward.apply(message);
  const projector = new Projector();
  return [projector, ward, projector.project(ward, instant)];
}

describe("a picture", () => {
  it("of a screen that resumed is the picture of a fresh screen", () => {
    const minute = Math.floor(NOW / MINUTE);
    const states = { gateways: [gateway({ state: "offline", state_since_us: NOW })], events: [event(12)] };
    const [, , resumed] = pictureOf(delta(10, 12, { ...states, readings: [reading(1, { value: 30 })] }));
    const fresh = new Ward();
    const trail: [number, number][] = [[minute, 30]];
    fresh.replace(snapshot({ seq: 12, ...states, readings: [reading(1, { value: 30, trail })] }));
    expect(resumed).toEqual(new Projector().project(fresh, instant));
  });

  it("leaves alone what did not change", () => {
    const [projector, ward, before] = pictureOf();
    ward.apply(delta(10, 11, { sites: [site("new")] }));
    const after = projector.project(ward, instant);
    expect(after.cards.find((one) => one.id === "vp")).toBe(before.cards[0]);
  });

  it("draws a value anew when only its age changed", () => {
    const [projector, ward, before] = pictureOf();
    const after = projector.project(ward, { ...instant, nowUs: NOW + SECOND });
    expect(after.cards[0]?.series[0]).not.toBe(before.cards[0]?.series[0]);
    expect(after.cards[0]?.series[0]?.age).toBe("3 giây trước");
  });

  it("says clock times and no ages while it is not the present", () => {
    const [projector, ward] = pictureOf();
    const lost = projector.project(ward, { ...instant, live: false });
    expect(lost.cards[0]?.series[0]?.age).toMatch(/^lúc \d\d:\d\d:\d\d$/);
  });

  it("shows the state of a site by its worst problem", () => {
    const [, , shown] = pictureOf(delta(10, 11, { gateways: [gateway({ state: "offline" })], events: [event(11)] }));
    expect(shown.cards[0]?.state).toBe("offline");
    expect(shown.problems.map((one) => one.kind)).toEqual(["gateway_offline", "sensor_fault"]);
    expect(shown.counted).toMatchObject({ sitesFine: 0, sites: 1, gatewaysOnline: 0, gateways: 1 });
  });

  it.each([
    [-11, "chạy chậm 11 giây"],
    [600, "chạy nhanh 10 phút"],
    [86_399, "chạy nhanh 23 giờ 59 phút"],
    [86_400, "đồng hồ chưa được đặt"],
    [-824_083_200, "đồng hồ chưa được đặt"],
  ])("says of a clock off by %s s: %s", (skew_s, words) => {
    const flagged = reading(1, { flags: Flag.CLOCK_UNSET });
    const [, , shown] = pictureOf(delta(10, 11, { gateways: [gateway({ skew_s })], readings: [flagged] }));
    expect(shown.problems.map((one) => [one.detail, one.since])).toEqual([[words, ""]]);
  });

  it("calls a clock unset that stamps readings years ahead", () => {
    const ahead = reading(1, { time_us: NOW + 400 * 1440 * MINUTE, received_us: NOW, flags: Flag.CLOCK_AHEAD });
    const [, , shown] = pictureOf(delta(10, 11, { gateways: [gateway({ skew_s: null })], readings: [ahead] }));
    expect(shown.problems[0]?.detail).toBe("đồng hồ chưa được đặt");
  });

  it("says of a recovery how long the fault lasted, apart from the sentence", () => {
    const recovered = event(11, { type: "vn.wardroom.sensor.recovered.v1", data: { sensor: "air", fault_s: 34 } });
    const [, , shown] = pictureOf(delta(10, 11, { events: [recovered] }));
    expect(shown.events[0]).toMatchObject({ sentence: "Không khí hoạt động lại", after: "sau 34 giây" });
  });

  it("tells how a camera is, and of one that is online again how long it was not", () => {
    const type = "vn.wardroom.camera.status.v1";
    const off = event(11, { type, data: { camera: "gate", state: "offline", reason: "stall" } });
    const on = event(12, { type, data: { camera: "gate", state: "online", reason: null, fault_s: 34 } });
    const [, , shown] = pictureOf(delta(10, 12, { events: [off, on] }));
    expect(shown.events.slice(0, 2)).toMatchObject([
      { sentence: "Camera gate: có hình trở lại", tone: "good", after: "sau 34 giây" },
      { sentence: "Camera gate: hình bị đứng", tone: "bad", after: "" },
    ]);
  });

  it("tells what cameras see, and of faces never whose", () => {
    const seen: [string, Record<string, unknown>, string][] = [
      ["object.visit", { change: "new", label: "person" }, "Camera gate: có người"],
      ["object.visit", { change: "end", label: "car" }, "Camera gate: ô tô đã rời đi"],
      ["object.visit", { change: "update", label: "cat" }, "Camera gate: vẫn có cat"],
      ["object.entered", { label: "person", zone: "counter" }, "Camera gate: người vào vùng counter"],
      ["object.left", { label: "person", zone: "counter" }, "Camera gate: người ra khỏi vùng counter"],
      ["object.loitering", { label: "person", zone: "counter" }, "Camera gate: người ở lâu trong vùng counter"],
      ["zone.crowded", { zone: "hall", crowded: true, count: 9 }, "Camera gate: vùng hall đang đông (9)"],
      ["zone.crowded", { zone: "hall", crowded: false, count: 3 }, "Camera gate: vùng hall đã vãn"],
      ["face.recognized", { person: "lan" }, "Camera gate: gặp người đã đăng ký"],
      ["face.unknown", { nearest: "lan" }, "Camera gate: gặp người chưa rõ là ai"],
    ];
    for (const [type, data, sentence] of seen) {
      const one = event(11, { type: `vn.wardroom.${type}.v1`, data: { camera: "gate", ...data } });
      const [, , shown] = pictureOf(delta(10, 11, { events: [one] }));
      expect(shown.events[0]).toMatchObject({ sentence });
    }
  });

  it("tells two sensors of one quantity apart by their names", () => {
    const second = series(2, { sensor: "server", sensor_name_vi: "Phòng máy chủ" });
    const [, , shown] = pictureOf(delta(10, 11, { series: [second], readings: [reading(2)] }));
    expect(shown.cards[0]?.series.map((one) => one.label)).toEqual(["Không khí", "Phòng máy chủ"]);
  });

  it("gives cards to offices and tiles to the many", () => {
    const groups = Array.from({ length: 12 }, (_, n) =>
      site(`tdp-${n + 1}`, { name_vi: `Tổ dân phố ${n + 1}`, kind: "residential_group" }),
    );
    const [, , shown] = pictureOf(delta(10, 11, { sites: groups }));
    expect(shown.cards.map((one) => one.id)).toEqual(["vp"]);
    expect(shown.tiles.map((one) => one.name).slice(0, 3)).toEqual(["Tổ dân phố 1", "Tổ dân phố 2", "Tổ dân phố 3"]);
  });

  it("forgets what a snapshot no longer has", () => {
    const [projector, ward] = pictureOf();
    ward.replace(snapshot({ sites: [], gateways: [], series: [], readings: [] }));
    projector.project(ward, instant);
    expect(Object.values(projector).every((kept) => kept instanceof Map && kept.size === 0)).toBe(true);
  });
});

describe("a sparkline", () => {
  it("is one path over the hour, its last minute at the right", () => {
    const path = sparkline([[40, 10], [41, 20], [99, 30]], "Cel", 99, 100); // prettier-ignore
    expect(path).toBe("M0 18.5h.01L1 10L59 1.5");
  });

  it("has a gap where there was silence, and draws nothing out of its hour", () => {
    expect(sparkline([[39, 1], [50, 1], [60, 1]], "Cel", 99)).toBe("M10 10h.01M20 10h.01"); // prettier-ignore
    expect(sparkline([[10, 1]], "Cel", 99)).toBe("");
  });

  it("does not make a storm of noise", () => {
    const ys = [...sparkline([[98, 25], [99, 25.1]], "Cel", 99).matchAll(/ (\d+\.?\d*)/g)].map((found) => Number(found[1])); // prettier-ignore
    expect(Math.abs((ys[0] ?? 0) - (ys[1] ?? 0))).toBeLessThan(2);
  });
});

describe("a layout", () => {
  it("uses the room it has", () => {
    expect(fit({ width: 90, height: 39 }, 40, { width: 11, height: 7.5 }, 0.85)).toMatchObject({
      columns: 8,
      rows: 5,
      pages: 1,
    });
  });

  it("turns pages where boxes would become too small", () => {
    const layout = fit({ width: 90, height: 39 }, 312, { width: 11, height: 7.5 }, 0.85);
    expect(layout.pages).toBe(Math.ceil(312 / (layout.columns * layout.rows)));
    expect(layout.scale).toBe(0.85);
    expect(pageAt(1, NOW)).toBe(0);
    const turned = new Set(Array.from({ length: 200 }, (_, n) => pageAt(layout.pages, NOW + n * 10 * SECOND)));
    expect(turned.size).toBe(layout.pages);
  });

  it("stands without room", () => {
    expect(fit({ width: 0, height: 0 }, 40, { width: 11, height: 7 }, 0.8).columns).toBe(1);
  });

  it.each([
    [0, 3],
    [1, 30],
    [5, 30],
    [60, 30],
    [60, 0],
  ])("of %s problems and %s events fits into its column", (problems, events) => {
    const rows = column(64.9, problems, events);
    const more = problems > rows.problems ? PROBLEM.more : 0;
    const listed = PROBLEM.head + Math.min(problems, rows.problems) * PROBLEM.row + more;
    expect(listed + EVENT.head + rows.events * EVENT.row).toBeLessThan(64.9);
    expect(rows.events).toBeGreaterThanOrEqual(Math.min(Math.max(1, events), 6));
  });

  it("gives the events the room that the problems leave", () => {
    expect(column(64.9, 0, 30).events).toBeGreaterThan(column(64.9, 8, 30).events);
    expect(column(64.9, 60, 30)).toEqual({ problems: 8, events: 6 });
  });

  it("packs the sensors of an office into full rows", () => {
    const of = (source: string, count: number) =>
      Array.from({ length: count }, (_, n) => ({ id: n, source, sensor: source }) as SeriesView);
    const found = blocks([...of("hall", 3), ...of("lobby", 4), ...of("door", 1), ...of("power", 2), ...of("yard", 2)]);
    const places = pack(found, 4);
    expect(rowsOf(places)).toBe(3);
    expect(places.map((place) => [place.block.sensor, place.row, place.column])).toEqual([
      ["hall", 0, 0],
      ["lobby", 1, 0],
      ["door", 0, 3],
      ["power", 2, 0],
      ["yard", 2, 2],
    ]);
  });

  it("breaks a sensor of many quantities into several blocks", () => {
    const many = Array.from({ length: 9 }, (_, n) => ({ id: n, source: "a", sensor: "a" }) as SeriesView);
    expect(blocks(many).map((block) => block.series.length)).toEqual([4, 4, 1]);
  });
});
