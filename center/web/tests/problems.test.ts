import { describe, expect, it } from "vitest";
import { problemsOf } from "../src/store/problems";
import { Ward } from "../src/store/ward";
import type { LiveGateway, Snapshot } from "../src/wire";
import { event, gateway, MINUTE, NOW, reading, SECOND, series, site, snapshot } from "./factories";

function wrong(given: Partial<Snapshot>): string[] {
  const ward = new Ward();
  ward.replace(snapshot(given));
  return problemsOf(ward, NOW).map((problem) => problem.kind);
}

const old = reading(1, { time_us: NOW - 5 * MINUTE });
const RECOVERED = "vn.wardroom.sensor.recovered.v1";

describe("what is wrong", () => {
  it.each<[string, Partial<LiveGateway>, string[]]>([
    ["nothing", {}, []],
    ["offline", { state: "offline" }, ["gateway_offline"]],
    ["stopped", { state: "stopped" }, ["gateway_stopped"]],
    ["never heard of", { state: "unknown" }, ["gateway_unknown"]],
    ["online without a heartbeat", { heartbeat_us: NOW - 2 * MINUTE }, ["gateway_silent"]],
    ["no heartbeat yet", { heartbeat_us: null }, []],
    ["clock ahead", { skew_s: 61 }, ["clock_wrong"]],
    ["clock behind", { skew_s: -3600 }, ["clock_wrong"]],
    ["clock a little off", { skew_s: 4 }, []],
    ["backlog", { outbox_packs: 100 }, ["backlog"]],
    ["packs on their way", { outbox_packs: 20 }, []],
    ["quarantine", { quarantined: 1 }, ["quarantined"]],
    ["lost for good, and waiting", { dropped: 2, outbox_packs: 500 }, ["dropped", "backlog"]],
  ])("%s", (_, given, kinds) => {
    expect(wrong({ gateways: [gateway(given)] })).toEqual(kinds);
  });

  it("names a silent series once a gateway, and not where the gateway itself is away", () => {
    const two = { series: [series(1), series(2, { quantity: "humidity" })], readings: [old, { ...old, series: 2 }] };
    expect(wrong(two)).toEqual(["series_stale"]);
    expect(wrong({ ...two, gateways: [gateway({ state: "offline" })] })).toEqual(["gateway_offline"]);
  });

  it("names a series that never had a reading", () => {
    expect(wrong({ readings: [] })).toEqual(["series_stale"]);
  });

  it("sees a wrong clock in the readings themselves", () => {
    const ahead = reading(1, { time_us: NOW + 20 * MINUTE, received_us: NOW - SECOND, flags: 1 });
    expect(wrong({ readings: [ahead], gateways: [gateway({ skew_s: null })] })).toEqual(["clock_wrong"]);
  });

  it("holds a sensor at fault until it recovers, whatever its age", () => {
    const fault = event(1);
    expect(wrong({ events: [fault], readings: [old] })).toEqual(["sensor_fault"]);
    expect(wrong({ events: [fault, event(2, { type: RECOVERED, data: { sensor: "air", fault_s: 3 } })] })).toEqual([]);
    expect(wrong({ events: [fault, event(2, { type: RECOVERED, data: { sensor: "other", fault_s: 3 } })] })).toEqual([
      "sensor_fault",
    ]);
  });

  it("reads late events in the order they happened", () => {
    const recovered = event(1, { type: RECOVERED, time_us: NOW - MINUTE });
    const lateFault = event(2, { time_us: NOW - 3 * MINUTE, offline: true });
    expect(wrong({ events: [recovered, lateFault] })).toEqual([]);
  });

  it("puts the worst first and the newest of the same weight before the older", () => {
    const ward = new Ward();
    ward.replace(
      snapshot({
        sites: [site()],
        gateways: [
          gateway({ id: "a", state: "stopped" }),
          gateway({ id: "b", state: "offline", state_since_us: NOW - 9 * MINUTE }),
          gateway({ id: "c", state: "offline", state_since_us: NOW - MINUTE }),
          gateway({ id: "d", outbox_packs: 900 }),
        ],
        series: [],
        readings: [],
      }),
    );
    expect(problemsOf(ward, NOW).map((problem) => problem.gateway.id)).toEqual(["c", "b", "a", "d"]);
  });
});
