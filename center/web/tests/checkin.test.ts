import { describe, expect, it } from "vitest";
import type { Delegate } from "../src/api/occasions";
import { begun, KEPT, live, looked, NONE, told, warnings } from "../src/checkin/arrivals";
import { en } from "../src/checkin/en";
import { uuid7 } from "../src/checkin/ids";
import { badgeOf, isUndoable, isWarning } from "../src/checkin/results";
import { after, missing, passed, percent } from "../src/checkin/roll";
import { isCode, isMangled, isWord, Keys } from "../src/checkin/scanner";
import { found, known, placeOf, plain } from "../src/checkin/search";
import { vi } from "../src/checkin/vi";
import { added, agoS, changed, isDue, isLater, MOST, parsed, without, type Waiting } from "../src/checkin/waiting";
import type { LivePassage } from "../src/wire";
import { leaves, MINUTE, NOW, SECOND } from "./factories";

const LIST = "list-1";

function delegate(id: string, name: string, given: Partial<Delegate> = {}): Delegate {
  return {
    id,
    person: null,
    title: "Đại biểu",
    name,
    position: "Bí thư",
    unit: "Tổ dân phố 17",
    delegation: "Đoàn 1",
    seat: "B-07",
    revoked: null,
    badge: true,
    enrolled: false,
    consent: { face: false, photo_shown: false },
    lists: [LIST],
    arrived: {},
    inside: {},
    ...given,
  };
}

function passage(id: string, given: Partial<LivePassage> = {}): LivePassage {
  return {
    id,
    occasion: "o",
    list: LIST,
    gate: null,
    at_us: NOW,
    received_us: NOW,
    direction: "in",
    method: "name",
    result: "checked_in",
    delegate: "d1",
    person: null,
    title: "",
    name: "",
    position: "",
    unit: "",
    delegation: "",
    seat: "",
    score: null,
    stranger: null,
    evidence: null,
    offline: false,
    rehearsal: false,
    overridden: false,
    by: null,
    reason: null,
    ...given,
  };
}

describe("a delegate searched by name", () => {
  const all = [
    delegate("1", "Nguyễn Thị Hồng Ngọc"),
    delegate("2", "Nguyễn Ngọc Đức", { arrived: { [LIST]: "2026-11-26T01:00:00Z" } }),
    delegate("3", "Đỗ Văn Đức", { lists: [] }),
    delegate("4", "Trần Quốc Khánh", { unit: "Hội Nông dân", delegation: "" }),
  ].map(known);
  const ids = (typed: string) => found(all, typed, LIST, 8).map((one) => one.id);

  it.each([
    ["ngoc", ["1", "2"]],
    ["NGỌC ng", ["1", "2"]],
    ["Ngọc".normalize("NFD"), ["1", "2"]],
    ["duc", ["2", "3"]],
    ["đức do", ["3", "2"]],
    ["khanh nong", ["4"]],
    ["kha\u200bnh n\u00adong\ufeff", ["4"]],
    ["goc", []],
    ["  ", []],
  ])("%s", (typed, expected) => {
    expect(ids(typed)).toEqual(expected);
  });

  it("is found by the center's rule of plain letters", () => {
    expect(plain("  Đỗ-Ðức,  ỄN  ")).toBe("do duc en");
    expect(plain("\ufeffĐỗ\u200b Ð\u00adức\u200f")).toBe("do duc");
  });

  it("is one of so many at most", () => {
    expect(found(all, "n", LIST, 1)).toHaveLength(1);
  });
});

describe("the one under the cursor", () => {
  const [an, anAlso, binh] = [delegate("1", "Nguyễn Văn An"), delegate("2", "Nguyễn Văn An"), delegate("3", "Bình")];

  it("stays when somebody else of the same name comes in, and another takes the first place", () => {
    expect(placeOf([an, anAlso, binh], 0, [anAlso, an, binh])).toBe(1);
    expect(placeOf([an, anAlso, binh], 2, [anAlso, binh])).toBe(1);
  });

  it("is the first where they are no longer among those found", () => {
    expect(placeOf([an, binh], 1, [an, anAlso])).toBe(0);
    expect(placeOf([], 0, [])).toBe(0);
  });
});

describe("what stands in the input", () => {
  const typed = (gap: number) => {
    const keys = new Keys();
    for (let key = 0; key < 12; key++) keys.press(key * gap);
    return keys.gapMs();
  };

  it.each([
    ["JBSWY3DPEHPK3PXPJBSWY3DPEH", null, true],
    ["0123", null, true],
    ["123", null, false],
    ["NV-2026/0017", typed(8), true],
    ["nguyen van an", typed(120), false],
    ["nguyen van an", null, false],
  ])("%s is a code: %s → %s", (text, gap, code) => {
    expect(isCode(text, gap, false)).toBe(code);
  });

  it("is a name where somebody is called so, however fast it came", () => {
    expect([isCode("nguyen van an", 8, true), isCode("nguyen van an", 8, false)]).toEqual([false, false]);
    expect([isCode("ngoc-hong", 8, true), isCode("ngoc-hong", 8, false)]).toEqual([false, true]);
    expect(["ngoc hong", "A-17", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map(isWord)).toEqual([true, false, false]);
  });

  it.each([
    ["jbswy3dpehpk3pxpjbswy3dpeh", false],
    ["jbứy3dpehpk3pxpjbswy3dpêh", true],
    ["WR1:ÂK27Đ5QR99", true],
    ["nguyễn thị hồng ngọc", false],
    ["nghiêng", false],
  ])("%s was made of a code by an input method: %s", (text, mangled) => {
    expect(isMangled(text)).toBe(mangled);
  });

  it("is forgotten with the input", () => {
    const keys = new Keys();
    for (let key = 0; key < 500; key++) keys.press(key);
    expect(keys.gapMs()).toBe(1);
    keys.clear();
    expect(keys.gapMs()).toBeNull();
  });
});

describe("passages at the desk", () => {
  it("stand once, the newest first, as they were told last", () => {
    const one = told(NONE, [passage("a"), passage("b", { at_us: NOW + SECOND, received_us: NOW + SECOND })]);
    const two = told(one, [passage("a", { result: "already" })]);
    expect(two.latest.map((each) => [each.id, each.result])).toEqual([
      ["b", "checked_in"],
      ["a", "already"],
    ]);
  });

  it("are no more than are kept, but a warning stays until it is looked at", () => {
    const warning = passage("w", { result: "revoked", at_us: NOW - MINUTE });
    const crowd = Array.from({ length: 400 }, (_, n) => passage(`p${n}`, { at_us: NOW + n, received_us: NOW + n }));
    const full = told(told(NONE, [warning]), crowd);
    expect(full.latest).toHaveLength(KEPT + 1);
    expect(warnings(full).map((one) => one.id)).toEqual(["w"]);
    const seen = told(looked(full, "w"), []);
    expect(warnings(seen)).toEqual([]);
    expect(told(seen, [passage("x")]).latest).toHaveLength(KEPT);
  });

  it("of long ago warn nobody when a desk is opened", () => {
    const old = passage("old", { result: "not_on_list", at_us: NOW - 60 * MINUTE, received_us: NOW - 60 * MINUTE });
    const fresh = passage("fresh", { result: "wrong_event", at_us: NOW - MINUTE });
    expect(warnings(begun([old, fresh], NOW)).map((one) => one.id)).toEqual(["fresh"]);
    expect(warnings(begun([old, fresh], null)).map((one) => one.id)).toEqual(["fresh"]);
    expect(warnings(begun([old, fresh], NOW + 60 * MINUTE))).toEqual([]);
    expect(begun([], null)).toEqual({ latest: [], seen: [] });
  });

  it("come by REST with times as text", () => {
    const { at_us: _at, received_us: _received, ...rest } = passage("a");
    const told = live({ ...rest, at: "2026-09-21T13:46:40Z", received: "2026-09-21T13:46:40Z" });
    expect([told.at_us, told.received_us]).toEqual([1_789_998_400_000_000, 1_789_998_400_000_000]);
  });

  it.each([
    ["checked_in", "good", false, true],
    ["left", "", false, true],
    ["already", "warning", false, false],
    ["not_on_list", "bad", true, false],
    ["revoked", "bad", true, false],
    ["consent_withdrawn", "bad", true, false],
    ["wrong_event", "bad", true, false],
    ["of_tomorrow", "", false, false],
  ])("%s is shown %s", (result, badge, warns, undoable) => {
    expect([badgeOf(result), isWarning(result), isUndoable(result)]).toEqual([badge, warns, undoable]);
  });
});

describe("the roll of a list", () => {
  it("knows who is missing, of all and of a delegation", () => {
    const all = [
      delegate("1", "Bình", { delegation: "Đoàn 2" }),
      delegate("2", "An"),
      delegate("3", "Chi", { revoked: "2026-11-26T01:00:00Z" }),
      delegate("4", "Dũng", { lists: [] }),
      delegate("5", "Giang", { arrived: { [LIST]: "2026-11-26T01:00:00Z" } }),
    ];
    expect(missing(all, LIST, null).map((one) => one.id)).toEqual(["2", "1"]);
    expect(missing(all, LIST, "Đoàn 2").map((one) => one.id)).toEqual(["1"]);
  });

  it("follows a passage", () => {
    const before = delegate("d1", "An");
    const came = passed(before, passage("a"));
    expect([came.arrived[LIST], came.inside[LIST]]).toEqual([new Date(NOW / 1000).toISOString(), true]);
    const left = passed(came, passage("b", { result: "left", at_us: NOW + MINUTE }));
    expect([left.arrived[LIST], left.inside[LIST]]).toEqual([came.arrived[LIST], false]);
    expect(passed(before, passage("c", { result: "already" }))).toBe(before);
  });

  it.each([
    [0, 0, 0],
    [1, 3, 33],
    [999, 1000, 99],
    [5, 5, 100],
  ])("%s of %s are %s percent", (part, whole, share) => {
    expect(percent(part, whole)).toBe(share);
  });
});

describe("the roll after passages", () => {
  it("has who came while it was on its way", () => {
    const roll = new Map([["d1", known(delegate("d1", "An"))]]);
    const now = after(roll, [
      passage("a", { delegate: "d1" }),
      passage("b", { delegate: "nobody" }),
      passage("c", { delegate: null }),
    ]);
    expect(now.get("d1")?.delegate.inside[LIST]).toBe(true);
    expect(
      missing(
        [...now.values()].map((one) => one.delegate),
        LIST,
        null,
      ),
    ).toEqual([]);
    expect(roll.get("d1")?.delegate.arrived).toEqual({});
  });
});

describe("what waits to be sent", () => {
  it("is what a center that is away, busy, or wants a sign-in first did not take", () => {
    expect([401, 408, 429, 500, 503].every(isLater)).toBe(true);
    expect([400, 403, 404, 409, 422].some(isLater)).toBe(false);
  });

  const one = (id: string): Waiting => ({
    list: LIST,
    who: "An",
    atMs: 1,
    page: "p1",
    pageMs: 1,
    given: {
      id,
      gate: null,
      direction: "in",
      method: "name",
      code: null,
      delegate: "d",
      override: false,
      reason: null,
    },
  });

  it("survives a closed browser, and what is no passage does not", () => {
    const { page: _page, ...older } = one("c");
    const kept = JSON.stringify([one("a"), { id: 1 }, null, older, one("b")]);
    expect(parsed(kept).map((each) => each.given.id)).toEqual(["a", "b"]);
    expect([parsed("nonsense"), parsed(null), parsed('{"a":1}')]).toEqual([[], [], []]);
  });

  it("is never dropped: one too many is refused", () => {
    const full = Array.from({ length: MOST }, (_, n) => one(`p${n}`));
    expect(added(full, one("x"))).toBeNull();
    expect(added(without(full, "p0"), one("x"))).toHaveLength(MOST);
    expect(added(full, one("p3"))).toBe(full);
  });

  const DAY = 86_400_000;
  it.each([
    ["as both clocks say", 90_000, 90_000, 90],
    ["though the computer slept for an hour", 3_690_000, 90_000, 3_690],
    ["though its clock was set back", -500_000, 90_000, 90],
    ["though its clock was years behind and the network set it", 9 * 365 * DAY, 90_000, 90],
  ])("says how long ago it was, %s", (_, wallMs, pageMs, seconds) => {
    const done = { ...one("p"), atMs: 1_000_000, pageMs: 5_000 };
    expect(agoS(done, { wallMs: 1_000_000 + wallMs, page: "p1", pageMs: 5_000 + pageMs })).toBe(seconds);
  });

  it("of a page that was closed meanwhile is as long ago as the computer's clock tells, within bounds", () => {
    const done = { ...one("p"), atMs: 1_000_000 };
    const ago = (wallMs: number) => agoS(done, { wallMs: 1_000_000 + wallMs, page: "p2", pageMs: 7 });
    expect([ago(90_000), ago(-1), ago(7 * DAY)]).toEqual([90, 0, 48 * 3_600]);
  });

  it("is left to the page it is being sent from, until that must be over", () => {
    const now = (wallMs: number) => ({ wallMs, page: "p2", pageMs: 0 });
    const fresh = { ...one("p"), atMs: 1_000_000 };
    expect([1_000_000, 1_009_999, 1_010_000, 999_999].map((ms) => isDue(fresh, now(ms)))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    const [late, refused] = [{ late: true }, { refused: "why" }].map((state) => changed([fresh], "p", state)[0]);
    expect([late && isDue(late, now(1_000_000)), refused && isDue(refused, now(2_000_000))]).toEqual([true, false]);
    expect(changed([fresh], "other", { late: true })).toEqual([fresh]);
  });

  it("has ids of version 7 in the order of time", () => {
    const random = new Uint8Array(16).fill(255);
    const id = uuid7(Date.UTC(2026, 10, 26), random);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(Date.UTC(2026, 10, 26));
    expect(uuid7(2, random) > uuid7(1, random)).toBe(true);
  });
});

describe("the desk's sentences", () => {
  it("are the same in both languages", () => {
    expect(leaves(en).sort()).toEqual(leaves(vi).sort());
  });
});
