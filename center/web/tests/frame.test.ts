import { describe, expect, it } from "vitest";
import { placeOf } from "../src/pages";

describe("which page an address asks for", () => {
  it.each([
    ["/", "wall", []],
    ["/index.html", "wall", []],
    ["/checkin", "checkin", []],
    ["/checkin/", "checkin", []],
    ["/people", "people", []],
    ["/events/0190-1", "events", ["0190-1"]],
    ["/welcome/cong-chinh", "welcome", ["cong-chinh"]],
    ["/welcome/%E0%A4%A", "welcome", ["%E0%A4%A"]],
    ["/elsewhere", "wall", []],
  ])("%s is %s %s", (path, page, rest) => {
    expect(placeOf(path)).toEqual({ page, rest });
  });
});
