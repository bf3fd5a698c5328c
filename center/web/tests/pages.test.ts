import { describe, expect, it } from "vitest";
import { summary } from "../src/history";
import { nextPath, wallToken } from "../src/signin/address";

const ORIGIN = "https://room.example";

describe("where sign-in leads", () => {
  it.each([
    ["", "/"],
    ["?next=/", "/"],
    ["?next=%2F%3Fa%3Db", "/?a=b"],
    ["?next=//evil.example/", "/"],
    ["?next=/\\evil.example/x", "/"],
    ["?next=https://evil.example/", "/"],
    ["?next=javascript:alert(1)", "/"],
    ["?next=/signin/", "/"],
  ])("%s → %s", (search, path) => {
    expect(nextPath(search, ORIGIN)).toBe(path);
  });

  it("finds a wall's token behind the hash", () => {
    expect(wallToken("#wall=abc-123")).toBe("abc-123");
    expect(wallToken("#wall=")).toBeNull();
    expect(wallToken("")).toBeNull();
  });
});

describe("a history's summary", () => {
  it("weighs points by the readings behind them", () => {
    const points = [
      { time: "", value: 10, min: 5, max: 11, count: 3 },
      { time: "", value: 20, min: 19, max: 30, count: 1 },
    ];
    expect(summary(points)).toEqual({ min: 5, max: 30, avg: 12.5 });
    expect(summary([])).toBeNull();
  });
});
