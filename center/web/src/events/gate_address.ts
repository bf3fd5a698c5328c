// a gate's name → the id in its screen's address.
import { plain } from "../forms/plain";

export const GATE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** “Sảnh chính (tầng 1)” → sanh-chinh-tang-1; another one where it is taken. */
export function idFor(name: string, taken: ReadonlySet<string>): string {
  const bare =
    plain(name)
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40) || "cong";
  if (!taken.has(bare)) return bare;
  for (let n = 2; ; n++) if (!taken.has(`${bare}-${n}`)) return `${bare}-${n}`;
}

export function welcomeAddress(origin: string, gate: string): string {
  return `${origin}/welcome/${encodeURIComponent(gate)}`;
}
