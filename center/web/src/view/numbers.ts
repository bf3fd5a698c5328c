// value, unit → what a person reads: 31,2 °C. Digits after the comma depend on the unit alone, so that nothing jumps.
import type { Messages } from "../text/vi";

/** A value in words and figures: the figure, and its unit apart so that it can be set smaller. */
export interface Reading {
  readonly figure: string;
  readonly unit: string;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  Cel: "°C",
  "%RH": "%",
  "%EL": "%",
  "/100": "%",
  "/": "",
  "ug/m3": "µg/m³",
  m3: "m³",
  m2: "m²",
  "m3/s": "m³/s",
  "m/s2": "m/s²",
  "W/m2": "W/m²",
  "kg/m3": "kg/m³",
  "cd/m2": "cd/m²",
  Ohm: "Ω",
  lx: "lux",
  deg: "°",
  lat: "°",
  lon: "°",
  dBW: "dBW",
  Bspl: "dB",
  kvar: "kvar",
  "/1000": "‰",
};

const DIGITS: Readonly<Record<string, number>> = {
  Cel: 1,
  K: 1,
  "%RH": 0,
  "%": 0,
  "/100": 0,
  "%EL": 0,
  "ug/m3": 0,
  ppm: 0,
  ppb: 0,
  dB: 0,
  Bspl: 0,
  dBm: 0,
  "mm/h": 1,
  mm: 0,
  cm: 0,
  m: 2,
  V: 0,
  A: 1,
  W: 0,
  kW: 1,
  kWh: 1,
  Wh: 0,
  Hz: 1,
  lx: 0,
  Pa: 0,
  hPa: 0,
  "m/s": 1,
  "km/h": 0,
  pH: 1,
  "1/min": 0,
  person: 0,
  vehicle: 0,
  dossier: 0,
  household: 0,
  task: 0,
  count: 0,
  point: 1,
  VND: 0,
};

export function unitSymbol(unit: string, text: Messages): string {
  const words: Readonly<Record<string, string>> = text.units;
  if (unit === "1/min") return text.units.perMinute;
  if (unit === "1/s") return text.units.perSecond;
  return words[unit] ?? SYMBOLS[unit] ?? unit;
}

/** Half away from zero like people round, grouped by thousands, never "-0". */
export function figure(value: number, digits: number, text: Pick<Messages, "decimal" | "thousands">): string {
  const fixed = Math.abs(value).toFixed(digits);
  const [whole = "0", fraction] = fixed.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, text.thousands);
  const sign = value < 0 && Number(fixed) !== 0 ? "−" : "";
  return sign + grouped + (fraction ? text.decimal + fraction : "");
}

export function digitsOf(unit: string): number {
  return DIGITS[unit] ?? 1;
}

export function readable(value: number, unit: string, quantity: string, text: Messages): Reading {
  if (unit === "") {
    const words = text.booleans[quantity] ?? text.booleans["other"] ?? ["0", "1"];
    return { figure: words[value === 0 ? 0 : 1], unit: "" };
  }
  if (unit === "VND") return money(value, text);
  if (unit === "lx" && Math.abs(value) >= 9_999.5) return { figure: figure(value / 1000, 1, text), unit: "klux" };
  if (unit === "Bspl") return { figure: figure(value * 10, 0, text), unit: "dB" };
  return { figure: figure(value, digitsOf(unit), text), unit: unitSymbol(unit, text) };
}

function money(value: number, text: Messages): Reading {
  const size = Math.abs(value);
  if (size >= 1e9) return { figure: figure(value / 1e9, 1, text), unit: text.units.billion };
  if (size >= 1e6) return { figure: figure(value / 1e6, 1, text), unit: text.units.million };
  return { figure: figure(value, 0, text), unit: text.units.VND };
}

export function bytes(count: number, text: Messages): string {
  if (count >= 1e9) return `${figure(count / 1e9, 1, text)} GB`;
  if (count >= 1e6) return `${figure(count / 1e6, 1, text)} MB`;
  return `${figure(Math.ceil(count / 1e3), 0, text)} kB`;
}
