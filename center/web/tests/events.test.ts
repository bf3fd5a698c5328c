import { describe, expect, it } from "vitest";
import type { Delegate, Gate, Occasion } from "../src/api/occasions";
import { EMPTY, toldOf, typedOf, wrongOf } from "../src/events/basics";
import { suggested } from "../src/events/days";
import { fitInto, smallEnough } from "../src/events/emblem";
import { GATE_ID, idFor, welcomeAddress } from "../src/events/gate_address";
import { isStep, knownOf, lacking, nextStep, pathOf, type Known } from "../src/events/path";
import { en } from "../src/text/events.en";
import { vi } from "../src/text/events.vi";
import { vi as forms } from "../src/text/forms.vi";
import { vi as text } from "../src/text/vi";
import { leaves } from "./leaves";

const THEME = {
  background: "#7a0c12",
  ink: "#fff8e1",
  accent: "#ffd54a",
  emblem: null,
  heading: "",
  greeting: "",
  idle: "",
};
const LIST = { id: "l1", name: "Khai mạc", starts: null, ends: null, expected: 215, arrived: 0, inside: 0 };
const GATE: Gate = { id: "g1", name: "Sảnh", list: "l1", direction: "in", site: "vp", gateway: "gw", camera: "door" };

function occasion(given: Partial<Occasion> = {}): Occasion {
  return {
    id: "o1",
    name: "Đại hội",
    place: "Hội trường",
    starts: "2026-11-25T00:30:00Z",
    ends: "2026-11-26T10:00:00Z",
    state: "draft",
    opened: null,
    closed: null,
    retain_days: 30,
    theme: THEME,
    delegates: 215,
    lists: [LIST],
    gates: [GATE],
    ...given,
  };
}

function delegate(given: Partial<Delegate> = {}): Delegate {
  return {
    id: "d1",
    person: "p1",
    title: "Ông",
    name: "Trần Văn Bình",
    position: "",
    unit: "",
    delegation: "",
    seat: "",
    revoked: null,
    badge: true,
    enrolled: true,
    consent: { face: true, photo_shown: false },
    lists: ["l1"],
    arrived: {},
    inside: {},
    ...given,
  };
}

const ALL: Known = { all: 215, enrolled: 215, consent: 215, shown: 0, ready: 215 };
const steps = (one: Occasion, known: Known | null = ALL) => pathOf(one, known, { words: vi, text });
const stateOf = (one: Occasion, id: string, known?: Known | null) => steps(one, known).find((step) => step.id === id);

describe("the path of an occasion", () => {
  it("of which all is prepared lacks only its rehearsal", () => {
    expect(lacking(steps(occasion()))).toEqual([]);
    expect(nextStep(steps(occasion()))?.id).toBe("rehearse");
    expect(nextStep(steps(occasion({ state: "closed" })))).toBeUndefined();
  });

  it("of a new one says at each step what is missing", () => {
    const fresh = occasion({ place: "", delegates: 0, lists: [], gates: [] });
    expect(lacking(steps(fresh, null)).map((step) => `${step.id}: ${step.says}`)).toEqual([
      "basics: chưa có địa điểm",
      "lists: chưa có buổi hay ngày nào",
      "delegates: chưa có đại biểu nào",
      "photos: chưa có đại biểu nào",
      "gates: chưa có cổng nào",
    ]);
  });

  it.each([
    [{ lists: [{ ...LIST, expected: 0 }] }, "delegates", "todo", "“Khai mạc” chưa có ai"],
    [{}, "delegates", "done", "215 đại biểu"],
    [{ gates: [{ ...GATE, direction: "out" as const }] }, "gates", "todo", "“Khai mạc” chưa có cổng vào"],
    [{ lists: [LIST, { ...LIST, id: "l2", name: "Bế mạc" }] }, "gates", "optional", "“Bế mạc” chưa có cổng vào"],
    [{ gates: [{ ...GATE, camera: null }] }, "gates", "optional", "cổng “Sảnh” chưa có camera"],
    [{}, "look", "optional", "đang dùng mẫu có sẵn"],
    [{ theme: { ...THEME, heading: "Chào mừng" } }, "look", "done", "đã đặt riêng"],
    [{ state: "open" as const }, "rehearse", "done", "đang mở"],
    [{ state: "rehearsal" as const }, "rehearse", "todo", "đang diễn tập"],
  ])("with %j has the step %s %s: %s", (given, id, state, says) => {
    expect(stateOf(occasion(given), id)).toEqual({ id, state, says });
  });

  it.each([
    [ALL, "done", "215/215 được nhận diện"],
    [{ ...ALL, ready: 200 }, "optional", "200/215 được nhận diện"],
    [{ ...ALL, ready: 0 }, "todo", "0/215 được nhận diện"],
    [null, "optional", "xem ai còn thiếu ảnh"],
  ])("counts who is known: %j", (known, state, says) => {
    expect(stateOf(occasion(), "photos", known)).toMatchObject({ state, says });
  });

  it("knows of the valid delegates who has a face and consent", () => {
    const all = [
      delegate(),
      delegate({ enrolled: false }),
      delegate({ consent: { face: false, photo_shown: true } }),
      delegate({ revoked: "2026-11-24T00:00:00Z" }),
    ];
    expect(knownOf(all)).toEqual({ all: 3, enrolled: 2, consent: 2, shown: 1, ready: 1 });
  });

  it("takes only its own steps from an address", () => {
    expect([isStep("gates"), isStep("gate"), isStep(undefined)]).toEqual([true, false, false]);
  });
});

describe("the basics", () => {
  it("are read, and told as they were", () => {
    const told = toldOf(typedOf(occasion()));
    expect(told).toEqual({
      name: "Đại hội",
      place: "Hội trường",
      starts: "2026-11-25T07:30:00+07:00",
      ends: "2026-11-26T17:00:00+07:00",
      retain_days: 30,
    });
  });

  it.each([
    [{ name: " " }, "name", forms.required],
    [{ starts: "" }, "starts", forms.required],
    [{ ends: "2026-11-25T07:30" }, "ends", vi.basics.endsBefore],
    [{ retain_days: "" }, "retain_days", vi.basics.retainWrong],
    [{ retain_days: "4000" }, "retain_days", vi.basics.retainWrong],
  ])("with %j have something wrong at %s", (given, field, sentence) => {
    expect(wrongOf({ ...typedOf(occasion()), ...given }, vi, forms)).toEqual({ [field]: sentence });
  });

  it("that are empty lack all that is needed", () => {
    expect(Object.keys(wrongOf(EMPTY, vi, forms))).toEqual(["name", "starts", "ends"]);
  });
});

describe("lists that suggest themselves", () => {
  it("are one for each day, within the occasion's times", () => {
    expect(suggested("2026-11-25T00:30:00Z", "2026-11-26T10:00:00Z", vi)).toEqual([
      { name: "Ngày 1 (25/11)", starts: "2026-11-25T00:30:00Z", ends: "2026-11-25T23:59:00+07:00" },
      { name: "Ngày 2 (26/11)", starts: "2026-11-26T00:00:00+07:00", ends: "2026-11-26T10:00:00Z" },
    ]);
  });

  it.each([
    ["2026-11-25T00:30:00Z", "2026-11-25T10:00:00Z"],
    ["2026-11-01T00:30:00Z", "2026-12-31T10:00:00Z"],
  ])("are one for the whole from %s to %s", (starts, ends) => {
    expect(suggested(starts, ends, vi)).toEqual([{ name: "Cả sự kiện", starts, ends }]);
  });
});

describe("a gate's address", () => {
  it.each([
    ["Sảnh chính (tầng 1)", [], "sanh-chinh-tang-1"],
    ["Sảnh chính", ["sanh-chinh"], "sanh-chinh-2"],
    ["Sảnh chính", ["sanh-chinh", "sanh-chinh-2"], "sanh-chinh-3"],
    ["???", [], "cong"],
  ])("of %s beside %j is %s", (name, taken, id) => {
    expect(idFor(name, new Set(taken))).toBe(id);
    expect(id).toMatch(GATE_ID);
  });

  it("is on this very center", () => {
    expect(welcomeAddress("http://10.0.0.5:8080", "sanh")).toBe("http://10.0.0.5:8080/welcome/sanh");
  });
});

describe("an emblem", () => {
  it("is made smaller, never larger", () => {
    expect(fitInto(1000, 500, 512)).toEqual([512, 256]);
    expect(fitInto(20, 10, 512)).toEqual([20, 10]);
    expect(fitInto(4000, 1, 512)).toEqual([512, 1]);
  });

  it("shrinks until it is small enough, and is none if it never is", () => {
    const tried: number[] = [];
    const drawn = (most: number) => {
      tried.push(most);
      return "x".repeat(most * 150);
    };
    expect(smallEnough(drawn)?.length).toBe(49_050);
    expect(tried).toEqual([512, 409, 327]);
    expect(smallEnough(() => "x".repeat(50_000))).toBeNull();
  });
});

describe("the catalogue of events", () => {
  it("says the same things in both languages", () => {
    expect(leaves(en).sort()).toEqual(leaves(vi).sort());
  });
});
