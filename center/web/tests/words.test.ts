import { describe, expect, it } from "vitest";
import { en } from "../src/text/en";
import { vi } from "../src/text/vi";
import { inParts, quantityName } from "../src/view/names";
import { bytes, figure, readable } from "../src/view/numbers";
import { ageText, briefText, clockTime, dateText, lastingText, shortTime, tinyText } from "../src/view/times";
import { leaves } from "./factories";

const S = 1_000_000;

describe("figures", () => {
  it.each([
    [31.2, "Cel", "temperature", "31,2 °C", "31.2 °C"],
    [-0.04, "Cel", "temperature", "0,0 °C", "0.0 °C"],
    [-3.25, "Cel", "temperature", "−3,3 °C", "−3.3 °C"],
    [65.7, "%RH", "humidity", "66 %", "66 %"],
    [38.4, "ug/m3", "pm25", "38 µg/m³", "38 µg/m³"],
    [1240, "ppm", "co2", "1.240 ppm", "1,240 ppm"],
    [39_310, "lx", "light", "39,3 klux", "39.3 klux"],
    [0.0301, "m", "flood_level", "0,03 m", "0.03 m"],
    [1, "", "door", "Mở", "Open"],
    [0, "", "door", "Đóng", "Closed"],
    [0, "", "tamper", "An toàn", "Secure"],
    [1, "", "tamper", "Bị cạy", "Tampered"],
    [1, "", "never-seen", "Có", "Yes"],
    [12_450_000_000, "VND", "budget", "12,4 tỷ đồng", "12.4 bn VND"],
    [16, "person", "queue", "16 người", "16 people"],
    [7, "wibble", "x", "7,0 wibble", "7.0 wibble"],
  ])("%s %s of %s is %s", (value, unit, quantity, vietnamese, english) => {
    const worded = (text: typeof vi) =>
      Object.values(readable(value, unit, quantity, text))
        .join(" ")
        .trim();
    expect(worded(vi)).toBe(vietnamese);
    expect(worded(en)).toBe(english);
  });

  it("groups thousands and rounds away no sign", () => {
    expect(figure(1_234_567.891, 2, vi)).toBe("1.234.567,89");
    expect(figure(-0.001, 1, vi)).toBe("0,0");
    expect(bytes(3_400_000, vi)).toBe("3,4 MB");
  });

  it("makes an unknown quantity readable", () => {
    expect(quantityName("oil_level", vi)).toBe("Oil level");
    expect(quantityName("temperature", vi)).toBe("Nhiệt độ");
  });
});

describe("names", () => {
  it.each([
    ["Tổ dân phố 12", "Tổ dân phố", "12"],
    ["Residential group 5A", "Residential group", "5A"],
    ["Trụ sở Công an phường", "Trụ sở Công an phường", ""],
    ["12", "12", ""],
  ])("%s keeps its number", (name, words, number) => {
    expect(inParts(name)).toEqual({ words, number });
  });
});

describe("times", () => {
  const noon = Date.UTC(2026, 10, 23, 5, 3, 22) * 1000; // 12:03:22 in Vietnam

  it("are Vietnam's", () => {
    expect(clockTime(noon)).toBe("12:03:22");
    expect(dateText(noon, vi)).toBe("Thứ Hai, 23/11/2026");
    expect(dateText(noon, en)).toBe("Monday, 23/11/2026");
    expect(shortTime(noon, noon + 3600 * S)).toBe("12:03");
    expect(shortTime(noon - 86_400 * S, noon)).toBe("22/11 12:03");
  });

  it.each([
    [0.4, "vừa xong", "0 giây", "0 s"],
    [3, "3 giây trước", "3 giây", "3 s"],
    [59.9, "59 giây trước", "59 giây", "59 s"],
    [60, "1 phút trước", "1 phút", "1 ph"],
    [3_725, "1 giờ trước", "1 giờ", "1 h"],
    [200_000, "2 ngày trước", "2 ngày", "2 ng"],
  ])("an age of %s s", (seconds, age, brief, tiny) => {
    expect([ageText(seconds * S, vi), briefText(seconds * S, vi), tinyText(seconds * S, vi)]).toEqual([
      age,
      brief,
      tiny,
    ]);
  });

  it("say how long in two units at most", () => {
    expect(lastingText(3_725 * S, vi)).toBe("1 giờ 2 phút");
    expect(lastingText(7_200 * S, en)).toBe("2 h");
    expect(lastingText(90_000 * S, en)).toBe("1 day 1 h");
  });
});

describe("the catalogues", () => {
  it("say the same things in both languages", () => {
    expect(leaves(en).sort()).toEqual(leaves(vi).sort());
  });
});
