// the ward and now → what is wrong, worst first. One cause, one problem: a gateway that is away explains its silent series.
import type { LiveEvent, LiveGateway, LiveSeries } from "../wire";
import { activeFaults } from "./faults";
import { believedUs, isStale, WRONG_CLOCK } from "./freshness";
import { grouped } from "./grouped";
import { gatewayKey, sensorKey } from "./keys";
import type { Ward } from "./ward";

const SILENT_US = 90_000_000;
const SKEW_S = 60;
const BACKLOG_PACKS = 100;

export type Severity = "critical" | "serious" | "minor";
export type ProblemKind =
  | "gateway_offline"
  | "gateway_stopped"
  | "gateway_silent"
  | "gateway_unknown"
  | "clock_wrong"
  | "sensor_fault"
  | "series_stale"
  | "backlog"
  | "dropped"
  | "quarantined";

export const SEVERITY: Readonly<Record<ProblemKind, Severity>> = {
  gateway_offline: "critical",
  dropped: "critical",
  sensor_fault: "serious",
  gateway_silent: "serious",
  clock_wrong: "serious",
  quarantined: "serious",
  gateway_stopped: "serious",
  series_stale: "minor",
  backlog: "minor",
  gateway_unknown: "minor",
};
const RANK: Readonly<Record<Severity, number>> = { critical: 0, serious: 1, minor: 2 };

export interface Problem {
  /** The same as long as the problem lasts. */
  readonly id: string;
  readonly kind: ProblemKind;
  readonly severity: Severity;
  readonly gateway: LiveGateway;
  /** Null where nobody said since when. */
  readonly sinceUs: number | null;
  /** The series it is about (stale ones, those of a faulty sensor). */
  readonly series: readonly LiveSeries[];
  /** Packs, seconds of skew: what the kind counts. */
  readonly amount: number | null;
  readonly event: LiveEvent | null;
}

type Finding = Omit<Problem, "id" | "severity" | "gateway"> & { readonly detail?: string };

export function problemsOf(ward: Ward, nowUs: number): Problem[] {
  const faults = activeFaults(ward.events);
  const byGateway = grouped(ward.series.values(), (one) => gatewayKey(one.site, one.gateway));
  const problems: Problem[] = [];
  for (const [key, gateway] of ward.gateways) {
    const series = byGateway.get(key) ?? [];
    for (const { detail, ...finding } of findings(ward, gateway, series, faults, nowUs)) {
      const id = [finding.kind, key, detail].filter(Boolean).join(":");
      problems.push({ ...finding, id, severity: SEVERITY[finding.kind], gateway });
    }
  }
  return problems.sort(worstFirst);
}

function worstFirst(a: Problem, b: Problem): number {
  const severity = RANK[a.severity] - RANK[b.severity];
  return severity || (b.sinceUs ?? 0) - (a.sinceUs ?? 0) || (a.id < b.id ? -1 : 1);
}

function* findings(
  ward: Ward,
  gateway: LiveGateway,
  series: readonly LiveSeries[],
  faults: ReadonlyMap<string, LiveEvent>,
  nowUs: number,
): Generator<Finding> {
  const session = sessionFinding(gateway, nowUs);
  const clock = clockFinding(ward, gateway, series);
  if (session) yield session;
  if (clock) yield clock;
  const believed = series.filter((one) => !faults.has(sensorKey(one.site, one.gateway, one.sensor)));
  yield* faultFindings(gateway, series, faults);
  if (!session && !clock) yield* staleFindings(ward, believed, nowUs);
  yield* outboxFindings(gateway);
}

function sessionFinding(gateway: LiveGateway, nowUs: number): Finding | null {
  const plain = { series: [], amount: null, event: null };
  const since = gateway.state_since_us ?? null;
  if (gateway.state === "offline") return { kind: "gateway_offline", sinceUs: since, ...plain };
  if (gateway.state === "stopped") return { kind: "gateway_stopped", sinceUs: since, ...plain };
  if (gateway.state !== "online") return { kind: "gateway_unknown", sinceUs: since, ...plain };
  const heard = gateway.heartbeat_us ?? null;
  if (heard !== null && nowUs - heard > SILENT_US) return { kind: "gateway_silent", sinceUs: heard, ...plain };
  return null;
}

function clockFinding(ward: Ward, gateway: LiveGateway, series: readonly LiveSeries[]): Finding | null {
  const skew = gateway.skew_s ?? null;
  const flagged = series.filter((one) => (ward.readings.get(one.id)?.flags ?? 0) & WRONG_CLOCK);
  if (flagged.length === 0 && Math.abs(skew ?? 0) < SKEW_S) return null;
  return { kind: "clock_wrong", sinceUs: null, series: flagged, amount: skew, event: null };
}

function* faultFindings(
  gateway: LiveGateway,
  series: readonly LiveSeries[],
  faults: ReadonlyMap<string, LiveEvent>,
): Generator<Finding> {
  for (const [key, event] of faults) {
    if (event.site !== gateway.site || event.gateway !== gateway.id) continue;
    const measured = series.filter((one) => sensorKey(one.site, one.gateway, one.sensor) === key);
    yield { kind: "sensor_fault", sinceUs: event.time_us, series: measured, amount: null, event, detail: key };
  }
}

function* staleFindings(ward: Ward, series: readonly LiveSeries[], nowUs: number): Generator<Finding> {
  const stale = series.filter((one) => {
    const reading = ward.readings.get(one.id);
    return !reading || isStale(reading, one.period_s ?? null, nowUs);
  });
  if (stale.length === 0) return;
  const heard = stale.flatMap((one) => ward.readings.get(one.id) ?? []).map(believedUs);
  const sinceUs = heard.length > 0 ? Math.min(...heard) : null;
  yield { kind: "series_stale", sinceUs, series: stale, amount: series.length, event: null };
}

function* outboxFindings(gateway: LiveGateway): Generator<Finding> {
  const plain = { sinceUs: null, series: [], event: null };
  const { outbox_packs: packs = 0, dropped = 0, quarantined = 0 } = gateway;
  if (dropped > 0) yield { kind: "dropped", amount: dropped, ...plain };
  if (quarantined > 0) yield { kind: "quarantined", amount: quarantined, ...plain };
  if (packs >= BACKLOG_PACKS) yield { kind: "backlog", amount: packs, ...plain };
}
