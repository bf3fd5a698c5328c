// a site, its gateways, series and problems → what a card or a tile shows.
import type { LiveGateway, LiveSite } from "../wire";
import type { Problem, ProblemKind } from "../store/problems";
import { gatewayName, siteName } from "./names";
import type { Instant, SeriesView } from "./series";
import { briefText } from "./times";

export type SiteState = "fresh" | "offline" | "stopped" | "silent" | "clock" | "fault" | "stale" | "unknown";
export type GatewayState = "online" | "offline" | "stopped" | "silent" | "unknown";

export interface GatewayView {
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly state: GatewayState;
  readonly stateText: string;
}

export interface SiteView {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly state: SiteState;
  readonly stateText: string;
  /** How long it has been so, where that is known. */
  readonly lasting: string;
  /** The age of the newest reading. */
  readonly age: string;
  /** The same in three letters: 12 s, 4 ph. */
  readonly tiny: string;
  readonly gateways: readonly GatewayView[];
  readonly series: readonly SeriesView[];
}

const STATE: Readonly<Partial<Record<ProblemKind, SiteState>>> = {
  gateway_offline: "offline",
  gateway_stopped: "stopped",
  gateway_silent: "silent",
  gateway_unknown: "unknown",
  clock_wrong: "clock",
  sensor_fault: "fault",
  series_stale: "stale",
};

const GATEWAY: Readonly<Partial<Record<ProblemKind, GatewayState>>> = {
  gateway_offline: "offline",
  gateway_stopped: "stopped",
  gateway_silent: "silent",
  gateway_unknown: "unknown",
};

export function gatewayView(gateway: LiveGateway, problems: readonly Problem[], { text }: Instant): GatewayView {
  const state = problems.map((problem) => GATEWAY[problem.kind]).find((found) => found !== undefined) ?? "online";
  return {
    key: `${gateway.site}/${gateway.id}`,
    id: gateway.id,
    name: gatewayName(gateway, gateway.id, text),
    state,
    stateText: text.gatewayState[state],
  };
}

/** `problems` are the site's own, worst first: the first one that says something of its state is its state. */
export function siteView(
  site: LiveSite,
  gateways: readonly GatewayView[],
  series: readonly SeriesView[],
  problems: readonly Problem[],
  instant: Instant,
): SiteView {
  const { text, nowUs, live } = instant;
  const worst = problems.find((problem) => STATE[problem.kind] !== undefined);
  const state = (worst && STATE[worst.kind]) ?? "fresh";
  const newest = series.reduce<SeriesView | null>((best, one) => (later(one, best) ? one : best), null);
  const lasts = worst?.sinceUs != null && live ? briefText(nowUs - worst.sinceUs, text) : "";
  return {
    id: site.id,
    name: siteName(site, site.id, text),
    kind: site.kind,
    state,
    stateText: text.siteState[state],
    lasting: lasts,
    age: newest?.age ?? text.age.none,
    tiny: newest?.tiny ?? "",
    gateways,
    series,
  };
}

function later(one: SeriesView, best: SeriesView | null): boolean {
  if (one.timeUs === null) return false;
  if (best === null || best.timeUs === null) return true;
  return best.wrongClock === one.wrongClock ? one.timeUs > best.timeUs : best.wrongClock;
}
