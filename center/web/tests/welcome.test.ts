import { describe, expect, it } from "vitest";
import type { Theme } from "../src/api/occasions";
import { coloursOf, contrast, OWN, readable } from "../src/welcome/colours";
import { dayText } from "../src/welcome/day";
import { fitted } from "../src/welcome/fit";
import { at, EMPTY, FRESH_US, FULL_MS, heard, LEAST_MS, MOST_WAITING, PLACES, type Stage } from "../src/welcome/stage";
import { unitOf } from "../src/welcome/room";
import { en } from "../src/welcome/en";
import { vi } from "../src/welcome/vi";
import { commonLead, greetingOf, titleOf } from "../src/welcome/wording";
import type { LiveGreeting } from "../src/wire";
import { leaves, NOW, SECOND } from "./factories";

const KHANH = { title: "Đại biểu", name: "Trần Quốc Khánh", position: "Bí thư", unit: "Tổ dân phố 17", seat: "B-07" };

function greeting(id: string, given: Partial<LiveGreeting> = {}): LiveGreeting {
  return { id, gate: "g", occasion: "o", at_us: NOW, result: "checked_in", ...KHANH, photo: false, ...given };
}

const some = (count: number, from = 0) => Array.from({ length: count }, (_, n) => greeting(`p${from + n}`));
const names = (stage: Stage) => stage.shown.map((one) => one.greeting.id);

describe("who stands on a welcome screen", () => {
  it("is everybody who comes, up to four at once, at once", () => {
    const one = at(heard(EMPTY, some(1), NOW), 0);
    expect(names(one)).toEqual(["p0"]);
    expect(names(at(heard(one, some(3, 1), NOW), 500))).toEqual(["p0", "p1", "p2", "p3"]);
  });

  it("is somebody else once the same visit turns out to be theirs, in the same place", () => {
    const wrong = at(heard(EMPTY, some(5), NOW), 0);
    const told = [greeting("p1", { name: "Lê Thị Hoa" }), greeting("p4", { name: "Đỗ Văn Đức" })];
    const right = heard(wrong, told, NOW);
    expect(names(right)).toEqual(names(wrong));
    expect(right.shown[1]?.greeting.name).toBe("Lê Thị Hoa");
    expect(right.waiting.map((one) => one.name)).toEqual(["Đỗ Văn Đức"]);
    expect(heard(right, told, NOW)).toBe(right);
  });

  it("passes nobody over: of a crowd each has four seconds at least", () => {
    let stage = heard(EMPTY, some(23), NOW);
    const stood = new Map<string, number>();
    for (let now = 0; now < 120_000; now += 200) {
      stage = at(stage, now);
      for (const id of names(stage)) stood.set(id, (stood.get(id) ?? 0) + 200);
    }
    expect(stood.size).toBe(23);
    expect(Math.min(...stood.values())).toBeGreaterThanOrEqual(LEAST_MS);
    expect(names(stage)).toEqual([]);
  });

  it("puts a newcomer in the place of whose time is over, and all go together", () => {
    let stage = at(heard(EMPTY, some(2), NOW), 0);
    stage = at(heard(stage, some(1, 2), NOW), FULL_MS + 100);
    expect(names(stage)).toEqual(["p2", "p1"]);
    expect(names(at(stage, FULL_MS + 200))).toEqual(["p2", "p1"]);
    expect(names(at(stage, 2 * FULL_MS + 100))).toEqual([]);
  });

  it("greets nobody twice, and nobody who has long gone in", () => {
    const stage = at(heard(EMPTY, some(1), NOW), 0);
    expect(heard(stage, some(1), NOW)).toBe(stage);
    const late = greeting("late", { at_us: NOW - FRESH_US - SECOND });
    expect(heard(stage, [late], NOW)).toBe(stage);
    expect(heard(stage, [late], null).waiting).toHaveLength(1);
  });

  it("lets a queue grow so far and no further, and remembers only so many", () => {
    let stage = EMPTY;
    for (let crowd = 0; crowd < 10; crowd++) stage = heard(stage, some(100, crowd * 100), NOW);
    expect(stage.waiting).toHaveLength(MOST_WAITING);
    expect(stage.waiting.at(-1)?.id).toBe("p999");
    expect(stage.known.length).toBeLessThanOrEqual(500);
    expect(at(stage, 0).shown).toHaveLength(PLACES);
  });

  it("is the very same while nothing changes", () => {
    const stage = at(heard(EMPTY, some(1), NOW), 0);
    expect(at(stage, 100)).toBe(stage);
  });
});

describe("the words of a greeting", () => {
  it("are the house's own, in lines", () => {
    expect(greetingOf(vi.greeting, KHANH, vi.greeting)).toEqual({
      lead: ["Trân trọng chào mừng Đại biểu"],
      name: "Trần Quốc Khánh",
      details: [
        { text: "Bí thư", seat: false },
        { text: "Tổ dân phố 17", seat: false },
        { text: "Ghế B-07", seat: true },
      ],
    });
  });

  it.each([
    [vi.greeting, { title: "", seat: "", unit: "" }, "Trân trọng chào mừng", ["Bí thư"]],
    ["{name}|{position}, {unit}", { unit: "" }, "", ["Bí thư"]],
    ["{name}|{position}, {unit}", { position: "" }, "", ["Tổ dân phố 17"]],
    ["{name}|{position} – {unit} – {seat}", { unit: "" }, "", ["Bí thư – B-07"]],
    ["Xin chào đại biểu", {}, "Xin chào đại biểu", ["Bí thư", "Tổ dân phố 17", "Ghế B-07"]],
    ["Xin chào", { title: "Đồng chí", seat: "" }, "Xin chào Đồng chí", ["Bí thư", "Tổ dân phố 17"]],
    ["{wrong}|{name}", {}, "{wrong}", []],
  ])("%s without %o", (wording, given, lead, details) => {
    const said = greetingOf(wording, { ...KHANH, ...given }, vi.greeting);
    expect([said.lead.join(" "), said.details.map((line) => line.text)]).toEqual([lead, details]);
    expect(said.name).toBe(KHANH.name);
  });

  it("stand once above several people", () => {
    expect([commonLead(vi.greeting), titleOf(vi.greeting, "Ông")]).toEqual(["Trân trọng chào mừng", "Ông"]);
    expect(titleOf("Chào {name}|{title}", "Ông")).toBe("");
    expect([titleOf("Chào mừng Đại biểu", "Đại biểu"), titleOf("Chào mừng Đại biểu", "Ông")]).toEqual(["", "Ông"]);
  });

  it("are the same in both languages", () => {
    expect(leaves(en).sort()).toEqual(leaves(vi).sort());
    expect(dayText(Date.UTC(2026, 10, 26, 23) * 1000, vi)).toBe("Thứ Sáu, ngày 27 tháng 11 năm 2026");
  });
});

describe("an occasion's colours", () => {
  it("are taken where they can be read from afar, and are replaced where not", () => {
    const blue = { background: "#0A2A5C", ink: "#fff", accent: "#ffd166" };
    expect(coloursOf(blue)).toEqual({ background: "#0a2a5c", ink: "#ffffff", accent: "#ffd166" });
    const pale = coloursOf({ background: "#ffffff", ink: "#eeeeee", accent: "#ffff00" });
    expect(pale).toEqual({ background: "#ffffff", ink: "#14110f", accent: "#14110f" });
    expect(coloursOf({ background: "red; } body {" } as Partial<Theme>)).toEqual(OWN);
    expect(coloursOf(null)).toEqual(OWN);
    expect([readable(OWN), readable({ ...OWN, ink: "#801015" })]).toEqual([true, false]);
  });

  it("have the contrast of the standard", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });
});

describe("letters that fit", () => {
  const width = (text: string) => [...text].length * 0.6;
  const limits = { most: 100, least: 40, lines: 3 };

  it.each([
    ["An", 1000, 100, ["An"]],
    ["Nguyễn Văn An", 1000, 100, ["Nguyễn Văn An"]],
    ["Nguyễn Văn An", 500, 80, ["Nguyễn", "Văn An"]],
    ["Công Tằng Tôn Nữ Hoàng Phương", 600, 66.67, ["Công Tằng Tôn", "Nữ Hoàng Phương"]],
    ["", 500, 100, [""]],
  ])("%s in %s", (text, room, size, lines) => {
    const found = fitted(text, room, limits, width);
    expect(found.lines).toEqual(lines);
    expect(found.size).toBeCloseTo(size, 0);
  });

  it("never leave their room, however long a word is", () => {
    for (const text of ["A".repeat(200), `${"Ễ".repeat(60)} An`, "x ".repeat(150)]) {
      const found = fitted(text, 400, limits, width);
      expect(Math.max(...found.lines.map((line) => width(line) * found.size))).toBeLessThanOrEqual(400.001);
      expect(found.lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }
  });

  it("tear no mark from its letter", () => {
    const found = fitted("Ễ".normalize("NFD").repeat(40), 100, { ...limits, lines: 1 }, (text) => text.length);
    expect(found.lines.every((line) => /^\P{M}/u.test(line))).toBe(true);
  });
});

describe("a screen's unit", () => {
  it.each([
    [1920, 1080, 10.79],
    [3840, 2160, 21.57],
    [1080, 1920, 12],
    [1024, 768, 5.75],
  ])("of %s × %s", (width, height, unit) => {
    expect(unitOf(width, height)).toBeCloseTo(unit, 1);
  });
});
