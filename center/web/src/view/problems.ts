// a problem → its line in the list: what, where, since when, in plain words.
import { Flag } from "../wire";
import type { Problem, ProblemKind, Severity } from "../store/problems";
import type { Ward } from "../store/ward";
import type { Messages } from "../text/vi";
import { gatewayName, quantityName, sensorName, siteName } from "./names";
import { bytes, figure } from "./numbers";
import type { Instant } from "./series";
import { briefText, lastingText, shortTime } from "./times";

export interface ProblemView {
  readonly id: string;
  readonly kind: ProblemKind;
  readonly severity: Severity;
  readonly severityText: string;
  readonly site: string;
  readonly place: string;
  readonly what: string;
  readonly detail: string;
  /** Empty where nobody said since when. */
  readonly since: string;
  readonly lasting: string;
}

export function problemView(problem: Problem, ward: Ward, instant: Instant): ProblemView {
  const { text, nowUs, live } = instant;
  const { gateway, sinceUs } = problem;
  return {
    id: problem.id,
    kind: problem.kind,
    severity: problem.severity,
    severityText: text.problems.severity[problem.severity],
    site: gateway.site,
    place: siteName(ward.sites.get(gateway.site), gateway.site, text),
    what: text.problems[problem.kind],
    detail: detailOf(problem, ward, text),
    since: sinceUs === null ? "" : text.since(shortTime(sinceUs, nowUs)),
    lasting: sinceUs === null || !live ? "" : briefText(nowUs - sinceUs, text),
  };
}

/** Which gateway, only where its site has more than one; then what its kind counts. */
function detailOf(problem: Problem, ward: Ward, text: Messages): string {
  const { site, id } = problem.gateway;
  const neighbours = [...ward.gateways.values()].some((other) => other.site === site && other.id !== id);
  const gateway = neighbours && !OF_SENSORS.has(problem.kind) ? gatewayName(problem.gateway, id, text) : "";
  return [gateway, counted(problem, ward, text)].filter(Boolean).join(" · ");
}

const OF_SENSORS: ReadonlySet<ProblemKind> = new Set(["sensor_fault", "series_stale"]);

function counted(problem: Problem, ward: Ward, text: Messages): string {
  const words = text.problems;
  const amount = figure(problem.amount ?? 0, 0, text);
  switch (problem.kind) {
    case "clock_wrong":
      return clockDetail(problem, ward, text);
    case "sensor_fault":
      return words.fault(faultySensor(problem, text), faultReason(problem.event?.data["reason"], text));
    case "series_stale":
      return words.stale(quantities(problem, text), problem.series.length, problem.amount ?? 0);
    case "backlog":
      return words.backlogDetail(amount, bytes(problem.gateway.outbox_bytes, text));
    case "dropped":
      return words.droppedDetail(amount);
    case "quarantined":
      return words.quarantinedDetail(amount);
    default:
      return "";
  }
}

const DAY_US = 86_400e6;

/** A clock a day or more off was never set: by how much it differs tells nobody anything. */
function clockDetail(problem: Problem, ward: Ward, text: Messages): string {
  const { clockAhead, clockBehind, clockUnset } = text.problems;
  const readings = problem.series.flatMap((one) => ward.readings.get(one.id) ?? []);
  const ahead = readings.find((reading) => reading.flags & Flag.CLOCK_AHEAD);
  const said = problem.amount === null || Math.abs(problem.amount) < 1 ? null : problem.amount * 1e6;
  const offUs = said ?? (ahead ? ahead.time_us - ahead.received_us : null);
  if (offUs === null || Math.abs(offUs) >= DAY_US) return clockUnset;
  return offUs > 0 ? clockAhead(lastingText(offUs, text)) : clockBehind(lastingText(-offUs, text));
}

function faultySensor(problem: Problem, text: Messages): string {
  const series = problem.series[0];
  return series ? sensorName(series, text) : String(problem.event?.data["sensor"] ?? problem.event?.subject ?? "");
}

export function faultReason(reason: unknown, text: Messages): string {
  return text.faultReason[String(reason)] ?? text.faultUnknown;
}

function quantities(problem: Problem, text: Messages): string {
  return [...new Set(problem.series.map((one) => quantityName(one.quantity, text)))].join(", ");
}
