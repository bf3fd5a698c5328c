// one series and its latest reading, now → what a cell shows.
import type { LiveReading, LiveSeries } from "../wire";
import type { Trail } from "../store/trail";
import { ageUs, believedUs, isStale, WRONG_CLOCK } from "../store/freshness";
import { minuteOf } from "../store/trail";
import type { Messages } from "../text/vi";
import { quantityName, sensorName } from "./names";
import { readable, type Reading } from "./numbers";
import { sparkline } from "./sparkline";
import { ageText, briefText, clockTime, shortTime, tinyText } from "./times";

export type SeriesState = "fresh" | "stale" | "fault" | "none";

export interface SeriesView {
  readonly id: number;
  readonly site: string;
  /** Its gateway and sensor. */
  readonly source: string;
  readonly quantity: string;
  /** What it is called among all of its site, and beside its own sensor's name. */
  readonly label: string;
  readonly quantityLabel: string;
  readonly sensor: string;
  readonly value: number | null;
  readonly timeUs: number | null;
  readonly figure: string;
  readonly unit: string;
  /** Words, thousands and long units are set smaller. Told from the text, so that nothing is measured. */
  readonly length: "short" | "long" | "longest";
  readonly state: SeriesState;
  readonly wrongClock: boolean;
  readonly age: string;
  /** The age without "ago", in its largest unit: 22 phút. */
  readonly brief: string;
  /** The age in as few letters as can be: 22 ph, 3 h; empty while the picture is not the present. */
  readonly tiny: string;
  readonly spark: string;
  /** All of it in a sentence, for a screen reader and for what did not fit. */
  readonly sentence: string;
}

/** What is the same for every cell of one picture. */
export interface Instant {
  readonly nowUs: number;
  /** False while the picture is not the present: then ages become clock times. */
  readonly live: boolean;
  readonly text: Messages;
}

/** A sparkline and what it was drawn from. */
export interface Drawn {
  readonly trail: Trail;
  readonly version: number;
  readonly minute: number;
  readonly path: string;
}

export function drawn(before: Drawn | undefined, trail: Trail, series: LiveSeries, nowUs: number): Drawn {
  const minute = minuteOf(nowUs);
  const { version } = trail;
  if (before && before.trail === trail && before.version === version && before.minute === minute) return before;
  const gap = Math.max(5, ((series.period_s ?? 0) * 3) / 60);
  return { trail, version, minute, path: sparkline(trail.points, series.unit, minute, gap) };
}

/** What a series' view takes from the rest of the ward. */
export interface Surroundings {
  readonly faulty: boolean;
  /** The only one of its quantity at its site; where there are more, the sensor's name tells them apart. */
  readonly alone: boolean;
  readonly spark: string;
}

export function seriesView(
  series: LiveSeries,
  reading: LiveReading | undefined,
  { faulty, alone, spark }: Surroundings,
  instant: Instant,
): SeriesView {
  const { text } = instant;
  const sensor = sensorName(series, text);
  const quantityLabel = quantityName(series.quantity, text);
  const state = seriesState(series, reading, faulty, instant.nowUs);
  const shown = reading ? readable(reading.value, series.unit, series.quantity, text) : { figure: "–", unit: "" };
  const age = reading ? ageWords(reading, instant) : text.age.none;
  const value = `${shown.figure} ${shown.unit}`.trim();
  const sentence = `${quantityLabel}, ${sensor}: ${value}, ${text.seriesState[state]}, ${age}`;
  return {
    id: series.id,
    site: series.site,
    source: `${series.gateway}/${series.sensor}`,
    quantity: series.quantity,
    label: alone ? quantityLabel : sensor,
    quantityLabel,
    sensor,
    value: reading?.value ?? null,
    timeUs: reading?.time_us ?? null,
    figure: shown.figure,
    unit: shown.unit,
    length: lengthOf(shown),
    state,
    wrongClock: ((reading?.flags ?? 0) & WRONG_CLOCK) !== 0,
    age,
    brief: reading ? briefWords(reading, instant) : "–",
    tiny: reading && instant.live ? tinyText(ageUs(reading, instant.nowUs), text) : "",
    spark,
    sentence,
  };
}

function lengthOf({ figure, unit }: Reading): SeriesView["length"] {
  const word = /\p{Letter}/u.test(figure);
  if (word && figure.length > 6) return "longest";
  return word || figure.length > 4 || figure.length + unit.length > 7 ? "long" : "short";
}

function seriesState(
  series: LiveSeries,
  reading: LiveReading | undefined,
  faulty: boolean,
  nowUs: number,
): SeriesState {
  if (!reading) return "none";
  if (faulty) return "fault";
  return isStale(reading, series.period_s ?? null, nowUs) ? "stale" : "fresh";
}

function ageWords(reading: LiveReading, { nowUs, live, text }: Instant): string {
  if (live) return ageText(ageUs(reading, nowUs), text);
  const at = believedUs(reading);
  return text.age.at(nowUs - at < 3_600e6 ? clockTime(at) : shortTime(at, nowUs));
}

function briefWords(reading: LiveReading, { nowUs, live, text }: Instant): string {
  return live ? briefText(ageUs(reading, nowUs), text) : shortTime(believedUs(reading), nowUs);
}
