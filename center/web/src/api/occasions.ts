// occasions, their lists, gates and delegates ↔ the center.
import { all, call, part, query, type Page } from "./call";

export type OccasionState = "draft" | "rehearsal" | "open" | "closed";
export type Direction = "in" | "out";

export interface Theme {
  readonly background: string;
  readonly ink: string;
  readonly accent: string;
  /** data:image/png;base64, at most 48 KiB. */
  readonly emblem: string | null;
  readonly heading: string;
  readonly greeting: string;
  readonly idle: string;
}

export interface CheckinList {
  readonly id: string;
  readonly name: string;
  readonly starts: string | null;
  readonly ends: string | null;
  readonly expected: number;
  readonly arrived: number;
  readonly inside: number;
}

export interface Gate {
  readonly id: string;
  readonly name: string;
  readonly list: string;
  readonly direction: Direction;
  readonly site: string | null;
  readonly gateway: string | null;
  readonly camera: string | null;
}

export interface Occasion {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly starts: string;
  readonly ends: string;
  readonly state: OccasionState;
  readonly opened: string | null;
  readonly closed: string | null;
  readonly retain_days: number;
  readonly theme: Theme;
  readonly delegates: number;
  readonly lists: readonly CheckinList[];
  readonly gates: readonly Gate[];
}

export interface OccasionIn {
  readonly name: string;
  readonly place: string;
  readonly starts: string;
  readonly ends: string;
  readonly retain_days?: number;
  readonly theme?: Partial<Theme>;
}

export interface ListIn {
  readonly name: string;
  readonly starts?: string | null;
  readonly ends?: string | null;
}

export interface GateIn {
  readonly id: string;
  readonly name: string;
  readonly list: string;
  readonly direction: Direction;
  readonly site?: string | null;
  readonly gateway?: string | null;
  readonly camera?: string | null;
}

export interface Delegate {
  readonly id: string;
  readonly person: string | null;
  readonly title: string;
  readonly name: string;
  readonly position: string;
  readonly unit: string;
  readonly delegation: string;
  readonly seat: string;
  readonly revoked: string | null;
  readonly badge: boolean;
  readonly enrolled: boolean;
  readonly consent: { readonly face: boolean; readonly photo_shown: boolean };
  readonly lists: readonly string[];
  readonly arrived: Readonly<Record<string, string | null>>;
  readonly inside: Readonly<Record<string, boolean>>;
}

export interface DelegateIn {
  readonly title: string;
  readonly name: string;
  readonly position: string;
  readonly unit: string;
  readonly delegation: string;
  readonly seat: string;
  readonly code?: string | null;
  readonly person?: string | null;
  readonly lists: readonly string[];
}

export interface DelegateSearch {
  readonly q?: string;
  readonly list?: string;
  readonly delegation?: string;
  readonly status?: "missing" | "arrived" | "inside";
  readonly cursor?: string | null;
  readonly limit?: number;
}

export interface Import {
  readonly id: string;
  readonly state: "running" | "ready" | "storing" | "done" | "failed";
  readonly detail: string | null;
  readonly rows: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly columns: readonly { readonly field: string; readonly header: string; readonly column: string }[];
  readonly problems: readonly {
    readonly row: number | null;
    readonly cell: string | null;
    readonly field: string | null;
    readonly value: string | null;
    readonly severity: "error" | "warning";
    readonly detail: string;
  }[];
}

const occasion = (id: string) => `/occasions/${part(id)}`;
const delegate = (id: string) => `/delegates/${part(id)}`;

export const occasions = {
  all: () => all<Occasion>("/occasions", { limit: 200 }),
  get: (id: string) => call<Occasion>("GET", occasion(id)),
  create: (given: OccasionIn) => call<Occasion>("POST", "/occasions", given),
  change: (id: string, given: Partial<OccasionIn>) => call<Occasion>("PATCH", occasion(id), given),
  remove: (id: string) => call<void>("DELETE", occasion(id)),
  move: (id: string, state: OccasionState) => call<Occasion>("POST", `${occasion(id)}/state`, { state }),
  addList: (id: string, given: ListIn) => call<CheckinList>("POST", `${occasion(id)}/lists`, given),
  changeList: (list: string, given: Partial<ListIn>) => call<CheckinList>("PATCH", `/lists/${part(list)}`, given),
  removeList: (list: string) => call<void>("DELETE", `/lists/${part(list)}`),
  addGate: (id: string, given: GateIn) => call<Gate>("POST", `${occasion(id)}/gates`, given),
  changeGate: (gate: string, given: Partial<GateIn>) => call<Gate>("PATCH", `/gates/${part(gate)}`, given),
  removeGate: (gate: string) => call<void>("DELETE", `/gates/${part(gate)}`),
};

export const delegates = {
  search: (id: string, given: DelegateSearch) =>
    call<Page<Delegate>>("GET", `${occasion(id)}/delegates${query({ ...given })}`),
  all: (id: string, given: DelegateSearch = {}) => all<Delegate>(`${occasion(id)}/delegates`, { ...given }),
  create: (id: string, given: DelegateIn) => call<Delegate>("POST", `${occasion(id)}/delegates`, given),
  change: (id: string, given: Partial<DelegateIn>) => call<Delegate>("PATCH", delegate(id), given),
  remove: (id: string) => call<void>("DELETE", delegate(id)),
  revoke: (id: string, reason: string) => call<Delegate>("POST", `${delegate(id)}/revoke`, { reason }),
  restore: (id: string) => call<Delegate>("POST", `${delegate(id)}/restore`),
  /** A new code; the old one ceases. */
  renewBadge: (id: string) => call<Delegate>("POST", `${delegate(id)}/badge`),
};

export const imports = {
  start: (id: string, upload: string, lists: readonly string[]) =>
    call<Import>("POST", `${occasion(id)}/imports`, { upload, lists }),
  get: (id: string) => call<Import>("GET", `/imports/${part(id)}`),
  commit: (id: string) => call<Import>("POST", `/imports/${part(id)}/commit`),
  drop: (id: string) => call<void>("DELETE", `/imports/${part(id)}`),
};

/** Addresses of files to download. */
export const papers = {
  template: "/api/v1/papers/delegates.xlsx",
  attendance: (list: string, kind: "xlsx" | "pdf") => `/api/v1/lists/${part(list)}/attendance.${kind}`,
  badges: (id: string, delegation?: string) => `/api/v1${occasion(id)}/badges.pdf${query({ delegation })}`,
  badge: (id: string) => `/api/v1${delegate(id)}/badge.pdf`,
};
