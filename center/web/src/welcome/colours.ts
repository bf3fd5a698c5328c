// an occasion's colours → colours that can be read from the other end of a hall. Pure.
import type { Theme } from "../api/occasions";

export interface Colours {
  readonly background: string;
  readonly ink: string;
  readonly accent: string;
}

export const OWN: Colours = { background: "#7d0f16", ink: "#fff6e3", accent: "#f6cf72" };

/** WCAG 2.2: 7 for text, 4.5 for the accent, which is only ever large. */
const INK_CONTRAST = 7;
const ACCENT_CONTRAST = 4.5;
const DARK = "#14110f";
const LIGHT = "#ffffff";

export function coloursOf(theme: Partial<Theme> | null | undefined): Colours {
  const background = hex(theme?.background) ?? OWN.background;
  const best = contrast(background, LIGHT) >= contrast(background, DARK) ? LIGHT : DARK;
  const wanted = hex(theme?.ink) ?? OWN.ink;
  const ink = contrast(background, wanted) >= INK_CONTRAST ? wanted : best;
  const accent = hex(theme?.accent) ?? OWN.accent;
  return { background, ink, accent: contrast(background, accent) >= ACCENT_CONTRAST ? accent : ink };
}

/** Whether a screen takes the colours as they are given. */
export function readable(theme: Colours): boolean {
  return (
    contrast(theme.background, theme.ink) >= INK_CONTRAST && contrast(theme.background, theme.accent) >= ACCENT_CONTRAST
  );
}

/** `#rgb` or `#rrggbb` in small letters, null for anything else. */
function hex(text: string | null | undefined): string | null {
  const found = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text?.trim() ?? "")?.[1]?.toLowerCase();
  if (!found) return null;
  return `#${found.length === 3 ? [...found].map((digit) => digit + digit).join("") : found}`;
}

/** The ratio of two colours' luminances, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** Relative luminance of sRGB, 0 to 1 (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
