import { describe, expect, it } from "vitest";
import { Refusal } from "../src/api";
import { csv } from "../src/forms/csv";
import { named } from "../src/forms/disposition";
import { sizeText, sorted } from "../src/forms/files";
import { follow, working, type Job } from "../src/forms/job";
import { plain, typedAs } from "../src/forms/plain";
import { placed } from "../src/forms/refusal";
import { clockText, dayText, endOfDay, fromField, spanText, toDayField, toField } from "../src/forms/when";
import { en } from "../src/text/forms.en";
import { vi } from "../src/text/forms.vi";
import { leaves } from "./leaves";

describe("a word that is typed to confirm", () => {
  it.each([
    ["Nguyễn Thị Đào", "nguyen thi dao", true],
    ["Nguyễn Thị Đào", "  NGUYỄN  THỊ ĐÀO ", true],
    ["Nguyễn Thị Đào", "nguyen thi", false],
    ["mở cửa", "mo cua", true],
    ["", "", false],
  ])("%s typed as %s: %s", (word, typed, same) => {
    expect(typedAs(word, typed)).toBe(same);
  });

  it("is folded also where its marks are letters of their own", () => {
    expect(plain("Ðặng Ngọc Ẩn".normalize("NFD").replace("Ð", "Đ"))).toBe("dang ngoc an");
  });
});

describe("a refusal", () => {
  const labels = { name: "Họ và tên", retain_until: "Lưu đến hết ngày" };

  it.each([
    ["name quá dài; nhiều nhất 200 ký tự.", "name", "Họ và tên quá dài; nhiều nhất 200 ký tự."],
    ["Thiếu name; hãy thêm vào.", "name", "Thiếu “Họ và tên”; hãy thêm vào."],
    ["retain_until: '…' không phải thời điểm.", "retain_until", "Lưu đến hết ngày: '…' không phải thời điểm."],
    ["Không có người này.", null, "Không có người này."],
    ["names quá dài.", null, "names quá dài."],
  ])("%s is of the field %s", (sentence, field, said) => {
    expect(placed(sentence, labels)).toEqual({ field, sentence: said });
  });
});

describe("times in fields", () => {
  it("are Vietnam's, there and back", () => {
    expect(toField("2026-11-25T00:30:00Z")).toBe("2026-11-25T07:30");
    expect(fromField("2026-11-25T07:30")).toBe("2026-11-25T07:30:00+07:00");
    expect([toField(null), fromField(""), endOfDay("")]).toEqual(["", null, null]);
    expect(toDayField("2026-11-25T18:30:00Z")).toBe("2026-11-26");
    expect(endOfDay("2026-12-31")).toBe("2026-12-31T23:59:59+07:00");
  });

  it("read as people say them", () => {
    expect(dayText("2026-11-25T18:30:00Z")).toBe("26/11/2026");
    expect(clockText("2026-11-25T18:30:00Z")).toBe("01:30");
    expect(spanText("2026-11-25T00:30:00Z", "2026-11-25T10:00:00Z")).toBe("07:30–17:00, 25/11/2026");
    expect(spanText("2026-11-25T00:30:00Z", "2026-11-26T10:00:00Z")).toBe("07:30 25/11/2026 – 17:00 26/11/2026");
  });
});

describe("a table as CSV", () => {
  it("keeps letters, quotes and lines, and holds no formula", () => {
    const text = csv([
      ["Tệp", 2, null],
      ['a "b"', "=1+1", "dòng\nhai"],
    ]);
    expect(text).toBe('\ufeff"Tệp",2,""\r\n"a ""b""","\'=1+1","dòng\nhai"\r\n');
  });
});

describe("files that were dropped", () => {
  const wanted = { endings: [".zip"], most: 2 ** 20, kinds: "tệp ZIP" };

  it("are taken if they are of the kind and size, and each other one has its sentence", () => {
    const files = [
      new File(["x"], "ANH.ZIP"),
      new File(["x"], "a.rar"),
      new File([new Uint8Array(2 ** 20 + 1)], "b.zip"),
    ];
    const { taken, left } = sorted(files, wanted, vi);
    expect(taken.map((file) => file.name)).toEqual(["ANH.ZIP"]);
    expect(left).toEqual([
      "a.rar không đúng loại tệp; ở đây cần tệp ZIP.",
      "b.zip lớn hơn 1 MB; hãy chia nhỏ hoặc nén lại.",
    ]);
  });

  it.each([
    [2 ** 30, "1 GB"],
    [5 * 2 ** 20, "5 MB"],
    [2048, "2 KB"],
    [3, "1 KB"],
  ])("%s bytes are %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  it.each([
    ["attachment; filename=\"badges.pdf\"; filename*=UTF-8''Th%E1%BA%BB.pdf", "Thẻ.pdf"],
    ['attachment; filename="badges.pdf"', "badges.pdf"],
    ["attachment", null],
    [null, null],
  ])("%s is saved as %s", (header, name) => {
    expect(named(header)).toBe(name);
  });
});

describe("work at the center", () => {
  const job = (state: Job["state"]): Job => ({ id: "j", state });
  const never = new AbortController().signal;

  it("is asked after until it waits for a person", async () => {
    const states: Job["state"][] = ["running", "running", "ready", "done"];
    const told: string[] = [];
    await follow(
      () => Promise.resolve(job(states.shift() ?? "failed")),
      (now) => told.push(now.state),
      never,
      0,
    );
    expect(told).toEqual(["running", "running", "ready"]);
    expect([working(null), working(job("storing")), working(job("done"))]).toEqual([false, true, false]);
  });

  it("is asked after again where the center is away, and given up where it refuses", async () => {
    const answers: (() => Promise<Job>)[] = [
      () => Promise.reject(new TypeError("network")),
      () => Promise.resolve(job("running")),
      () => Promise.reject(new Refusal(404, "gone")),
    ];
    const asked = follow(
      () => (answers.shift() ?? answers[0]!)(),
      () => undefined,
      never,
      0,
    );
    await expect(asked).rejects.toThrow("gone");
    expect(answers).toEqual([]);
  });

  it("is given up after a while of silence, and at once when nobody looks", async () => {
    let asked = 0;
    const silent = () => {
      asked += 1;
      return Promise.reject<Job>(new TypeError("network"));
    };
    await expect(follow(silent, () => undefined, never, 0)).rejects.toThrow("network");
    expect(asked).toBe(21);
    await follow(silent, () => undefined, AbortSignal.abort(), 0);
    expect(asked).toBe(21);
  });
});

describe("the catalogue of forms", () => {
  it("says the same things in both languages", () => {
    expect(leaves(en).sort()).toEqual(leaves(vi).sort());
  });
});
