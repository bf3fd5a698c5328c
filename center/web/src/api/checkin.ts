// who passes, who is missing, who is not known, and what a gate's screen shows ↔ the center.
import type { LivePassage } from "../wire";
import { call, part, query, type Page } from "./call";
import type { Direction, OccasionState, Theme } from "./occasions";

/** A passage as REST tells it: times are text. */
export type Passage = Omit<LivePassage, "at_us" | "received_us"> & { readonly at: string; readonly received: string };

/** What a desk asks for. `id` is made by the desk: the same one again is the same passage. */
export interface PassageIn {
  readonly id: string;
  readonly gate: string | null;
  readonly direction: Direction;
  readonly method: "code" | "name" | "hand";
  readonly code: string | null;
  readonly delegate: string | null;
  readonly override: boolean;
  readonly reason: string | null;
  /** How many seconds ago it was, for what waited. */
  readonly ago_s?: number;
}

export interface Attendance {
  readonly list: string;
  readonly expected: number;
  readonly arrived: number;
  readonly inside: number;
  readonly delegations: readonly {
    readonly delegation: string;
    readonly expected: number;
    readonly arrived: number;
  }[];
}

/** Unknown faces that look alike. */
export interface Stranger {
  readonly id: string;
  readonly count: number;
  readonly first: string;
  readonly last: string;
  readonly gates: readonly string[];
  readonly evidence: readonly string[];
  readonly state: "open" | "assigned" | "ignored";
}

/** `reason`: why the best shot did not become a photo, where it was asked to. */
export interface Assigned {
  readonly passages: number;
  readonly enrolled: boolean;
  readonly reason: string | null;
}

/** What a gate's welcome screen shows when nobody comes, and how it greets. */
export interface Welcome {
  readonly gate: string;
  readonly name: string;
  readonly direction: Direction;
  readonly occasion: string;
  readonly name_of_occasion: string;
  /** Where and when; a gate's own screen may not know. */
  readonly place?: string;
  readonly starts?: string;
  readonly ends?: string;
  readonly state: OccasionState;
  readonly theme: Theme;
}

const list = (id: string) => `/lists/${part(id)}`;

export const checkin = {
  attendance: (id: string) => call<Attendance>("GET", `${list(id)}/attendance`),
  passages: (id: string, limit = 200) => call<Page<Passage>>("GET", `${list(id)}/passages${query({ limit })}`),
  pass: (id: string, given: PassageIn) => call<Passage>("POST", `${list(id)}/passages`, given),
  undo: (passage: string, reason: string) => call<Passage>("POST", `/passages/${part(passage)}/undo`, { reason }),
  /** An address for an <img>; every look is logged. */
  evidence: (digest: string) => `/api/v1/evidence/${part(digest)}`,
};

export const strangers = {
  all: (occasion: string) => call<readonly Stranger[]>("GET", `/occasions/${part(occasion)}/strangers`),
  assign: (id: string, delegate: string, enrol: boolean) =>
    call<Assigned>("POST", `/strangers/${part(id)}/assign`, { delegate, enrol }),
  ignore: (id: string) => call<unknown>("POST", `/strangers/${part(id)}/ignore`),
};

export const welcome = {
  get: (gate: string) => call<Welcome>("GET", `/gates/${part(gate)}/welcome`),
  photo: (passage: string) => `/api/v1/greetings/${part(passage)}/photo`,
};
