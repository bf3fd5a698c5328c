// a history → an ECharts line with its band between lowest and highest. Loaded only when somebody asks for it.
import { LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { History, Point } from "./history";
import type { Messages } from "./text/vi";
import { figure, readable } from "./view/numbers";
import { minuteTime, shortTime, ZONE_US } from "./view/times";

use([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

export type { EChartsType as Chart };

export function createChart(element: HTMLElement): EChartsType {
  return init(element, null, { renderer: "canvas" });
}

interface Dressing {
  readonly unit: string;
  readonly quantity: string;
  readonly text: Messages;
  /** Pixels of one unit (rem), so that a chart on a 4K wall is as readable as the rest. */
  readonly rem: number;
}

type Pair = [time: number, value: number | null];

/** Vietnam's time whatever the machine's zone: times are shifted, and the axis told that they are UTC. */
function at(point: Point): number {
  return Date.parse(point.time) + ZONE_US / 1000;
}

/** A hole where nothing was measured for long is drawn as a hole. */
export function withHoles(points: readonly Point[], value: (point: Point) => number): Pair[] {
  const gaps = points.slice(1).map((point, index) => at(point) - at(points[index] ?? point));
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const pairs: Pair[] = [];
  points.forEach((point, index) => {
    if (index > 0 && (gaps[index - 1] ?? 0) > Math.max(usual * 5, 300_000)) pairs.push([at(point) - 1, null]);
    pairs.push([at(point), value(point)]);
  });
  return pairs;
}

export function draw(chart: EChartsType, history: History, dressing: Dressing): void {
  const { rem } = dressing;
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string) => css.getPropertyValue(name).trim();
  const low = (point: Point) => point.min ?? point.value;
  const band = (point: Point) => (point.max ?? point.value) - low(point);
  const shift = ZONE_US / 1000;
  const label = { color: colour("--ink-2"), fontSize: rem, fontFamily: css.getPropertyValue("--font") };
  chart.setOption(
    {
      useUTC: true,
      animation: false,
      grid: { left: rem * 0.5, right: rem * 1.5, top: rem * 1.2, bottom: rem * 0.5, containLabel: true },
      tooltip: tooltip(history, dressing, colour),
      xAxis: {
        type: "time",
        min: history.fromMs + shift,
        max: history.toMs + shift,
        axisLabel: { ...label, hideOverlap: true, formatter: (ms: number) => axisTime(ms - shift, history) },
        axisLine: { lineStyle: { color: colour("--line-2") } },
        axisTick: { show: false },
        splitNumber: 6,
      },
      yAxis: {
        type: "value",
        scale: true,
        splitNumber: 4,
        axisLabel: { ...label, formatter: (value: number) => axisValue(value, dressing.text) },
        splitLine: { lineStyle: { color: colour("--line") } },
      },
      series: [
        line(withHoles(history.points, low), { opacity: 0, stack: "band" }),
        line(withHoles(history.points, band), { opacity: 0, stack: "band", area: colour("--spark") }),
        line(
          withHoles(history.points, (point) => point.value),
          { colour: colour("--spark"), width: rem * 0.16 },
        ),
      ],
    },
    { notMerge: true },
  );
}

interface Look {
  readonly opacity?: number;
  readonly stack?: string;
  readonly area?: string;
  readonly colour?: string;
  readonly width?: number;
}

function line(data: Pair[], look: Look): object {
  return {
    type: "line",
    data,
    symbol: "none",
    silent: true,
    lineStyle: { color: look.colour, width: look.width ?? 0, opacity: look.opacity ?? 1 },
    itemStyle: { color: look.colour },
    ...(look.stack ? { stack: look.stack, stackStrategy: "all" } : {}),
    ...(look.area ? { areaStyle: { color: look.area, opacity: 0.18 } } : {}),
  };
}

function axisTime(ms: number, history: History): string {
  const us = ms * 1000;
  return history.toMs - history.fromMs <= 86_400_000 ? minuteTime(us) : shortTime(us, 0).replace(" 00:00", "");
}

function axisValue(value: number, text: Messages): string {
  return figure(value, Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 2 : 1, text);
}

/** Drawn on the canvas (rich text): a box of HTML would need inline styles, which our content security policy refuses. */
function tooltip(history: History, dressing: Dressing, colour: (name: string) => string): object {
  const shift = ZONE_US / 1000;
  const worded = (value: number) => {
    const words = readable(value, dressing.unit, dressing.quantity, dressing.text);
    return `${words.figure} ${words.unit}`.trim();
  };
  return {
    trigger: "axis",
    renderMode: "richText",
    confine: true,
    backgroundColor: colour("--raised-2"),
    borderColor: colour("--line-2"),
    padding: dressing.rem * 0.6,
    textStyle: { color: colour("--ink"), fontSize: dressing.rem * 1.05 },
    axisPointer: { lineStyle: { color: colour("--ink-3") } },
    formatter: (items: readonly { seriesIndex: number; value: Pair }[]) => {
      const value = items.find((item) => item.seriesIndex === 2)?.value;
      if (!value || value[1] === null) return "";
      return `${shortTime((value[0] - shift) * 1000, history.toMs * 1000)}\n${worded(value[1])}`;
    },
  };
}
