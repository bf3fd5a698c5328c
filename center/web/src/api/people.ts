// people, their photos and what they agreed to ↔ the center.
import { call, part, query, type Page } from "./call";
import { send } from "./uploads";

export type ConsentKind = "face" | "photo_shown";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly photos: number;
  readonly enrolled: boolean;
  readonly consent: { readonly face: boolean; readonly photo_shown: boolean };
  readonly retain_until: string | null;
}

/** What was found in a photo; `id` null: refused and not kept, and `reason` says why. */
export interface Photo {
  readonly id: string | null;
  readonly file: string;
  readonly accepted: boolean;
  readonly reason: string | null;
  readonly faces: number;
  readonly size_px: number | null;
  readonly blur: number | null;
  readonly pose_deg: number | null;
  readonly exposure: number | null;
  readonly nearest: { readonly person: string; readonly name: string; readonly score: number } | null;
  readonly created: string;
}

/** One word on one kind of consent: the newest of its kind holds. */
export interface ConsentLine {
  readonly kind: ConsentKind;
  readonly given: boolean;
  readonly at: string;
  readonly noted_by: string;
  readonly note: string;
}

export interface PersonWithPhotos extends Person {
  readonly photo_list: readonly Photo[];
  /** Newest first. */
  readonly consents: readonly ConsentLine[];
}

export interface Erasure {
  readonly person: string;
  readonly rows: Readonly<Record<string, number>>;
  readonly left: Readonly<Record<string, number>>;
  readonly awaited: number;
  readonly gateways: readonly { readonly site: string; readonly gateway: string; readonly told: boolean }[];
}

export interface PersonIn {
  readonly name: string;
  readonly consents: readonly { readonly kind: ConsentKind; readonly note: string }[];
  readonly retain_until?: string | null;
}

export type EnrolmentState = "running" | "ready" | "storing" | "done" | "failed";

export interface Enrolment {
  readonly id: string;
  readonly state: EnrolmentState;
  readonly detail: string | null;
  readonly total: number;
  readonly done: number;
  readonly accepted: number;
  readonly refused: number;
  readonly items: readonly (Photo & { readonly person: string | null; readonly name: string | null })[];
}

export interface EnrolmentIn {
  readonly upload: string;
  readonly occasion: string | null;
  readonly consent: { readonly face: boolean; readonly photo_shown: boolean; readonly note: string } | null;
}

export interface AuditLine {
  readonly seq: number;
  readonly at: string;
  readonly who: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const person = (id: string) => `/people/${part(id)}`;

export const people = {
  search: (q: string, cursor: string | null = null, limit = 100) =>
    call<Page<Person>>("GET", `/people${query({ q, cursor, limit })}`),
  get: (id: string) => call<PersonWithPhotos>("GET", person(id)),
  create: (given: PersonIn) => call<Person>("POST", "/people", given),
  change: (id: string, given: { readonly name?: string; readonly retain_until?: string | null }) =>
    call<Person>("PATCH", person(id), given),
  erase: (id: string) => call<Erasure>("DELETE", person(id)),
  consent: (id: string, kind: ConsentKind, given: boolean, note: string) =>
    call<Person>("POST", `${person(id)}/consents`, { kind, given, note }),
  addPhoto: (id: string, file: File, progress?: (share: number) => void) =>
    send<Photo>(`${person(id)}/photos${query({ name: file.name })}`, file, progress),
  removePhoto: (id: string, photo: string) => call<void>("DELETE", `${person(id)}/photos/${part(photo)}`),
  /** An address for an <img>; every look is logged. */
  photo: (id: string, photo: string) => `/api/v1${person(id)}/photos/${part(photo)}`,
  audit: (cursor: string | null = null) => call<Page<AuditLine>>("GET", `/audit${query({ cursor, limit: 100 })}`),
};

export const enrolments = {
  start: (given: EnrolmentIn) => call<Enrolment>("POST", "/enrolments", given),
  get: (id: string) => call<Enrolment>("GET", `/enrolments/${part(id)}`),
  commit: (id: string) => call<Enrolment>("POST", `/enrolments/${part(id)}/commit`),
  drop: (id: string) => call<void>("DELETE", `/enrolments/${part(id)}`),
};
