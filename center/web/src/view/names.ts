// what the center calls things → what people read.
import type { LiveGateway, LiveSeries, LiveSite } from "../wire";
import type { Messages } from "../text/vi";

interface Named {
  readonly name_vi: string;
  readonly name_en: string;
}

function named(thing: Named | undefined, id: string, text: Messages): string {
  if (!thing) return id;
  return (text.code === "vi" ? thing.name_vi || thing.name_en : thing.name_en || thing.name_vi) || id;
}

export function siteName(site: LiveSite | undefined, id: string, text: Messages): string {
  return named(site, id, text);
}

export function gatewayName(gateway: LiveGateway | undefined, id: string, text: Messages): string {
  return named(gateway, id, text);
}

export function sensorName(series: LiveSeries, text: Messages): string {
  return named({ name_vi: series.sensor_name_vi, name_en: series.sensor_name_en }, series.sensor, text);
}

/** "Tổ dân phố 12" → its words and its number, which stays where the words do not fit. */
export function inParts(name: string): { words: string; number: string } {
  const [, words, number] = /^(.*\S)\s+(\S{0,2}\d\S{0,3})$/u.exec(name) ?? [];
  return words && number ? { words, number } : { words: name, number: "" };
}

/** The quantity's word, or its id made readable where the catalogue has none: "oil_level" → "Oil level". */
export function quantityName(quantity: string, text: Messages): string {
  const word = text.quantities[quantity];
  if (word !== undefined) return word;
  const spaced = quantity.replace(/[_-]+/g, " ").trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
