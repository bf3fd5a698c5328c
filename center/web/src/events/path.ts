// an occasion → the steps to its opening: which are done, and what the others lack.
import type { Delegate, Occasion } from "../api/occasions";
import { dayText } from "../forms/when";
import { figure } from "../view/numbers";
import type { EventWords } from "../text/events.vi";
import type { Messages } from "../text/vi";

export const STEPS = ["basics", "lists", "delegates", "photos", "gates", "look", "rehearse", "papers"] as const;
export type StepId = (typeof STEPS)[number];

/** `optional`: nothing is missing, and more could be done. */
export type StepState = "done" | "todo" | "optional";

export interface Step {
  readonly id: StepId;
  readonly state: StepState;
  readonly says: string;
}

/** How many delegates are known at the gates, of those who are valid. */
export interface Known {
  readonly all: number;
  readonly enrolled: number;
  readonly consent: number;
  readonly shown: number;
  readonly ready: number;
}

export function knownOf(delegates: readonly Delegate[]): Known {
  const valid = delegates.filter((one) => one.revoked === null);
  const count = (holds: (one: Delegate) => boolean) => valid.filter(holds).length;
  return {
    all: valid.length,
    enrolled: count((one) => one.enrolled),
    consent: count((one) => one.consent.face),
    shown: count((one) => one.consent.photo_shown),
    ready: count(isReady),
  };
}

export function isReady(delegate: Delegate): boolean {
  return delegate.enrolled && delegate.consent.face;
}

interface Sayings {
  readonly words: EventWords;
  readonly text: Messages;
}

type Rule = (occasion: Occasion, known: Known | null, say: Sayings) => readonly [StepState, string];

const RULES: Readonly<Record<StepId, Rule>> = {
  basics: (occasion, _, { words }) =>
    occasion.place ? ["done", dayText(occasion.starts)] : ["todo", words.needs.place],
  lists: (occasion, _, { words, text }) =>
    occasion.lists.length
      ? ["done", words.needs.lists_(figure(occasion.lists.length, 0, text))]
      : ["todo", words.needs.lists],
  delegates: (occasion, _, { words, text }) => {
    if (occasion.delegates === 0) return ["todo", words.needs.delegates];
    const empty = occasion.lists.find((list) => list.expected === 0);
    return empty
      ? ["todo", words.needs.emptyList(empty.name)]
      : ["done", words.delegates(figure(occasion.delegates, 0, text))];
  },
  photos: (occasion, known, { words, text }) => {
    if (occasion.delegates === 0) return ["todo", words.needs.delegates];
    if (!known) return ["optional", words.needs.photosHint];
    const says = words.needs.photos(figure(known.ready, 0, text), figure(known.all, 0, text));
    if (known.ready === 0) return ["todo", says];
    return [known.ready === known.all ? "done" : "optional", says];
  },
  gates: (occasion, _, { words, text }) => {
    const into = (list: string) => occasion.gates.some((gate) => gate.list === list && gate.direction === "in");
    const closed = occasion.lists.filter((list) => !into(list.id));
    const blind = occasion.gates.find((gate) => !gate.camera);
    if (occasion.gates.length === 0) return ["todo", words.needs.gates];
    // One way in is enough to begin with: the same gate can count for another day when it comes.
    if (closed[0])
      return [closed.length === occasion.lists.length ? "todo" : "optional", words.needs.noGate(closed[0].name)];
    if (blind) return ["optional", words.needs.noCamera(blind.name)];
    return ["done", words.needs.gates_(figure(occasion.gates.length, 0, text))];
  },
  look: (occasion, _, { words }) =>
    occasion.theme.emblem || occasion.theme.heading ? ["done", words.needs.lookDone] : ["optional", words.needs.look],
  rehearse: ({ state }, _, { words }) => {
    if (state === "draft") return ["todo", words.needs.notRehearsed];
    if (state === "rehearsal") return ["todo", words.needs.rehearsing];
    return ["done", words.needs[state]];
  },
  papers: ({ state }, _, { words }) => [state === "closed" ? "done" : "optional", words.needs.papers],
};

export function pathOf(occasion: Occasion, known: Known | null, say: Sayings): readonly Step[] {
  return STEPS.map((id) => {
    const [state, says] = RULES[id](occasion, known, say);
    return { id, state, says };
  });
}

/** What still lacks before a rehearsal makes sense. */
export function lacking(steps: readonly Step[]): readonly Step[] {
  return steps.filter((step) => step.state === "todo" && step.id !== "rehearse" && step.id !== "papers");
}

/** The step to go on with. */
export function nextStep(steps: readonly Step[]): Step | undefined {
  return steps.find((step) => step.state === "todo");
}

export function isStep(text: string | undefined): text is StepId {
  return (STEPS as readonly (string | undefined)[]).includes(text);
}
