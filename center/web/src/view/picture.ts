// the ward, now → the whole picture, in which everything that did not change is the very same object as before.
import type { LiveEvent, LiveSeries, LiveSite } from "../wire";
import { activeFaults } from "../store/faults";
import { grouped } from "../store/grouped";
import { problemsOf, type Problem } from "../store/problems";
import { gatewayKey, sensorKey } from "../store/keys";
import type { Ward } from "../store/ward";
import { eventView, type EventView } from "./events";
import { ordered, orderedSites } from "./order";
import { problemView, type ProblemView } from "./problems";
import { drawn, seriesView, type Drawn, type Instant, type SeriesView } from "./series";
import { kept } from "./sharing";
import { gatewayView, siteView, type GatewayView, type SiteView } from "./sites";

const CARDS = 6;
const EVENTS_SHOWN = 30;

export interface Counted {
  readonly sitesFine: number;
  readonly sites: number;
  readonly gatewaysOnline: number;
  readonly gateways: number;
  readonly seriesFresh: number;
  readonly series: number;
}

export interface Picture {
  readonly seq: number;
  readonly cards: readonly SiteView[];
  readonly tiles: readonly SiteView[];
  readonly problems: readonly ProblemView[];
  readonly events: readonly EventView[];
  readonly counted: Counted;
}

export const EMPTY: Picture = {
  seq: 0,
  cards: [],
  tiles: [],
  problems: [],
  events: [],
  counted: { sitesFine: 0, sites: 0, gatewaysOnline: 0, gateways: 0, seriesFresh: 0, series: 0 },
};

/** Keeps the last picture's parts; what is no longer in a picture is forgotten with it. */
export class Projector {
  private sparks = new Map<number, Drawn>();
  private series = new Map<number, SeriesView>();
  private gateways = new Map<string, GatewayView>();
  private sites = new Map<string, SiteView>();
  private problems = new Map<string, ProblemView>();
  private events = new Map<string, EventView>();

  project(ward: Ward, instant: Instant): Picture {
    const problems = problemsOf(ward, instant.nowUs);
    this.drawSeries(ward, instant);
    this.drawGateways(ward, problems, instant);
    this.drawSites(ward, problems, instant);
    this.problems = renewed(
      this.problems,
      problems,
      (one) => one.id,
      (one) => problemView(one, ward, instant),
    );
    const recent = ward.events
      .toSorted((a, b) => happenedUs(b) - happenedUs(a) || b.seq - a.seq)
      .slice(0, EVENTS_SHOWN);
    const shown = recent.map((one) => eventView(one, ward, instant));
    this.events = renewed(
      this.events,
      shown,
      (one) => one.key,
      (one) => one,
    );
    return { seq: ward.seq, ...this.placed(ward), ...this.listed(), counted: this.count() };
  }

  private drawSeries(ward: Ward, instant: Instant): void {
    const faults = activeFaults(ward.events);
    const likeness = (one: LiveSeries) => `${one.site}/${one.quantity}`;
    const alike = grouped(ward.series.values(), likeness);
    const sparks = new Map<number, Drawn>();
    const view = (one: LiveSeries) => {
      const trail = ward.trails.get(one.id);
      const spark = trail && drawn(this.sparks.get(one.id), trail, one, instant.nowUs);
      if (spark) sparks.set(one.id, spark);
      const faulty = faults.has(sensorKey(one.site, one.gateway, one.sensor));
      const alone = (alike.get(likeness(one))?.length ?? 0) < 2;
      return seriesView(one, ward.readings.get(one.id), { faulty, alone, spark: spark?.path ?? "" }, instant);
    };
    this.series = renewed(this.series, ward.series.values(), (one) => one.id, view);
    this.sparks = sparks;
  }

  private drawGateways(ward: Ward, problems: readonly Problem[], instant: Instant): void {
    const own = grouped(problems, (one) => gatewayKey(one.gateway.site, one.gateway.id));
    const key = (one: { site: string; id: string }) => gatewayKey(one.site, one.id);
    const view = (one: Problem["gateway"]) => gatewayView(one, own.get(key(one)) ?? [], instant);
    this.gateways = renewed(this.gateways, ward.gateways.values(), key, view);
  }

  private drawSites(ward: Ward, problems: readonly Problem[], instant: Instant): void {
    const ownProblems = grouped(problems, (one) => one.gateway.site);
    const ownSeries = grouped(ward.series.values(), (one) => one.site);
    const ownGateways = grouped(ward.gateways.values(), (one) => one.site);
    const view = (site: LiveSite) => {
      const gateways = (ownGateways.get(site.id) ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      return siteView(
        site,
        gateways.flatMap((one) => this.gateways.get(gatewayKey(one.site, one.id)) ?? []),
        ordered(ownSeries.get(site.id) ?? []).flatMap((one) => this.series.get(one.id) ?? []),
        ownProblems.get(site.id) ?? [],
        instant,
      );
    };
    this.sites = renewed(this.sites, ward.sites.values(), (one) => one.id, view);
  }

  /** Offices get cards; where there are only a few places, all of them do. */
  private placed(ward: Ward): Pick<Picture, "cards" | "tiles"> {
    const all = orderedSites(ward.sites.values());
    const offices = all.length <= CARDS ? all : all.filter((site) => site.kind === "office").slice(0, CARDS);
    const chosen = new Set(offices.map((site) => site.id));
    const views = (sites: readonly LiveSite[]) => sites.flatMap((site) => this.sites.get(site.id) ?? []);
    return { cards: views(offices), tiles: views(all.filter((site) => !chosen.has(site.id))) };
  }

  private listed(): Pick<Picture, "problems" | "events"> {
    return { problems: [...this.problems.values()], events: [...this.events.values()] };
  }

  private count(): Counted {
    const sites = [...this.sites.values()];
    const gateways = [...this.gateways.values()];
    const series = [...this.series.values()];
    return {
      sitesFine: sites.filter((one) => one.state === "fresh").length,
      sites: sites.length,
      gatewaysOnline: gateways.filter((one) => one.state === "online").length,
      gateways: gateways.length,
      seriesFresh: series.filter((one) => one.state === "fresh").length,
      series: series.length,
    };
  }
}

/** Newest first by when it happened; a clock from the future puts nothing on top. */
function happenedUs(event: LiveEvent): number {
  return Math.min(event.time_us, event.received_us);
}

function renewed<K, S, V extends object>(
  before: ReadonlyMap<K, V>,
  things: Iterable<S>,
  key: (thing: S) => K,
  view: (thing: S) => V,
): Map<K, V> {
  const now = new Map<K, V>();
  for (const thing of things) now.set(key(thing), kept(before.get(key(thing)), view(thing)));
  return now;
}
