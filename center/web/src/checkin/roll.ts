// delegates and their passages → who is on the roll of a list, who has come, who is missing. Pure.
import type { Delegate } from "../api/occasions";
import type { LivePassage } from "../wire";
import type { Known } from "./search";

/** The delegate as the passage leaves them; the very same where it changes nothing. */
export function passed(delegate: Delegate, passage: LivePassage): Delegate {
  const { list, result } = passage;
  if (result !== "checked_in" && result !== "re_entered" && result !== "left") return delegate;
  const at = delegate.arrived[list] ?? new Date(passage.at_us / 1000).toISOString();
  return {
    ...delegate,
    arrived: { ...delegate.arrived, [list]: at },
    inside: { ...delegate.inside, [list]: result !== "left" },
  };
}

/** The roll after some passages, the oldest first; of somebody who is not on it nothing is known here. */
export function after(roll: ReadonlyMap<string, Known>, passages: readonly LivePassage[]): ReadonlyMap<string, Known> {
  const changed = new Map(roll);
  for (const one of passages) {
    const who = one.delegate === null ? undefined : changed.get(one.delegate);
    if (who) changed.set(who.delegate.id, { ...who, delegate: passed(who.delegate, one) });
  }
  return changed;
}

export function missing(delegates: Iterable<Delegate>, list: string, delegation: string | null): Delegate[] {
  return [...delegates]
    .filter((one) => one.lists.includes(list) && !one.revoked && !one.arrived[list])
    .filter((one) => delegation === null || one.delegation === delegation)
    .sort((a, b) => a.delegation.localeCompare(b.delegation, "vi") || a.name.localeCompare(b.name, "vi"));
}

/** The share of something, 0 to 100, whole only when it is. */
export function percent(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return part >= whole ? 100 : Math.min(99, Math.round((100 * part) / whole));
}
