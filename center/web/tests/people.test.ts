import { describe, expect, it } from "vitest";
import type { Enrolment, Photo } from "../src/api/people";
import { anyTicked, consentsOf, groundMissing } from "../src/people/consenting";
import { counted, measures, reasonOf, refusedRows, shortMeasures, shownOf, verdict } from "../src/people/report";
import { en as wallEn } from "../src/text/en";
import { en } from "../src/text/people.en";
import { vi } from "../src/text/people.vi";
import { vi as wallVi } from "../src/text/vi";
import { leaves } from "./leaves";

function photo(given: Partial<Photo> = {}): Photo {
  return {
    id: "p1",
    file: "an.jpg",
    accepted: true,
    reason: null,
    faces: 1,
    size_px: 214,
    blur: 0.59,
    pose_deg: 4,
    exposure: 0.52,
    nearest: null,
    created: "2026-11-24T03:00:00Z",
    ...given,
  };
}

const REFUSED = { id: null, accepted: false };

describe("a photo's report", () => {
  it.each([
    [{}, "accepted"],
    [{ nearest: { person: "x", name: "Bình", score: 0.2 } }, "accepted"],
    [{ nearest: { person: "x", name: "Bình", score: 0.35 } }, "doubtful"],
    [{ reason: "không giống những ảnh khác của người này" }, "doubtful"],
    [REFUSED, "refused"],
    [{ ...REFUSED, nearest: { person: "x", name: "Bình", score: 0.9 } }, "refused"],
  ])("of %j is %s", (given, word) => {
    expect(verdict(photo(given))).toBe(word);
  });

  it("says every measure as a figure and as a word, in both languages", () => {
    const said = (words: typeof vi, text: typeof wallVi) =>
      measures(photo(), words, text).map((one) => [one.name, one.value, one.word].filter(Boolean).join(" "));
    expect(said(vi, wallVi)).toEqual([
      "Khuôn mặt 1",
      "Bề rộng mặt 214 điểm ảnh tốt",
      "Độ nét 0,41 rõ nét",
      "Góc quay đầu 4° nhìn thẳng",
      "Độ sáng 0,52 vừa",
    ]);
    expect(said(en, wallEn)[2]).toBe("Sharpness 0.41 sharp");
  });

  it.each([
    [{ size_px: 30 }, "quá nhỏ"],
    [{ size_px: 60 }, "vừa đủ"],
    [{ blur: 0.8 }, "bị nhòe"],
    [{ pose_deg: -42 }, "quay quá nhiều"],
    [{ pose_deg: 42 }, "quay quá nhiều"],
    [{ pose_deg: 20 }, "hơi nghiêng"],
    [{ exposure: 0.1 }, "quá tối"],
    [{ exposure: 0.95 }, "quá sáng"],
  ])("says of %j: %s", (given, word) => {
    expect(measures(photo(given), vi, wallVi).map((one) => one.word)).toContain(word);
  });

  it("marks two faces, and leaves out what could not be measured", () => {
    const none = photo({ faces: 2, size_px: null, blur: null, pose_deg: null, exposure: null });
    expect(measures(none, vi, wallVi)).toEqual([{ name: "Khuôn mặt", value: "2", word: "", good: false }]);
  });

  it("says the center's sentence without the file's name before it", () => {
    expect(reasonOf(photo({ reason: "an.jpg: có 2 khuôn mặt; hãy cắt ảnh" }))).toBe("Có 2 khuôn mặt; hãy cắt ảnh.");
    expect(reasonOf(photo({ reason: "ảnh quá tối" }))).toBe("Ảnh quá tối.");
  });

  it("says its measures in one line for a table", () => {
    expect(shortMeasures(photo(), vi, wallVi)).toBe(
      "bề rộng mặt tốt, độ nét rõ nét, góc quay đầu nhìn thẳng, độ sáng vừa",
    );
  });
});

describe("the report of many photos", () => {
  const items = [
    { ...photo({ file: "a.jpg" }), person: "1", name: "An" },
    { ...photo({ file: "b.jpg", ...REFUSED, faces: 2, reason: "b.jpg: có 2 khuôn mặt" }), person: "2", name: "Bình" },
    { ...photo({ file: "c.jpg", nearest: { person: "1", name: "An", score: 0.6 } }), person: "3", name: "Chi" },
  ];
  const job: Enrolment = { id: "e", state: "ready", detail: null, total: 3, done: 3, accepted: 2, refused: 1, items };

  it("counts each verdict", () => {
    expect(counted(items)).toEqual({ all: 3, accepted: 1, doubtful: 1, refused: 1 });
  });

  it("shows the refused first, or only those asked for", () => {
    expect(shownOf(items, "all").map((one) => one.file)).toEqual(["b.jpg", "c.jpg", "a.jpg"]);
    expect(shownOf(items, "doubtful").map((one) => one.file)).toEqual(["c.jpg"]);
  });

  it("gives the refused as rows with what to do", () => {
    expect(refusedRows(job, vi)).toEqual([vi.bulk.columns, ["b.jpg", "Bình", 2, "Có 2 khuôn mặt."]]);
  });
});

describe("consent", () => {
  it.each([
    [{ face: false, photo_shown: false, note: "" }, false, false],
    [{ face: true, photo_shown: false, note: "  " }, true, true],
    [{ face: false, photo_shown: true, note: "phiếu 12" }, true, false],
  ])("%j is ticked: %s, lacks its ground: %s", (ticked, any, missing) => {
    expect([anyTicked(ticked), groundMissing(ticked)]).toEqual([any, missing]);
  });

  it("is told with its ground, each kind by itself", () => {
    expect(consentsOf({ face: true, photo_shown: true, note: " phiếu 12 " })).toEqual([
      { kind: "face", note: "phiếu 12" },
      { kind: "photo_shown", note: "phiếu 12" },
    ]);
  });
});

describe("the catalogue of people", () => {
  it("says the same things in both languages", () => {
    expect(leaves(en).sort()).toEqual(leaves(vi).sort());
  });
});
