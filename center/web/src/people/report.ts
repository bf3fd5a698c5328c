// one photo, judged → what a person reads of it: the verdict, each measure in a word, and what to do.
import { figure } from "../view/numbers";
import type { Messages } from "../text/vi";
import type { PeopleWords } from "../text/people.vi";
import type { Enrolment, Photo } from "../api/people";

export type EnrolledPhoto = Enrolment["items"][number];
export type Verdict = "accepted" | "doubtful" | "refused";

/** A stranger's photo is seldom this like another person's; two photos of one person nearly always are. */
export const ALIKE = 0.35;

export interface Measure {
  readonly name: string;
  readonly value: string;
  readonly word: string;
  readonly good: boolean;
}

export function verdict(photo: Photo): Verdict {
  if (!photo.accepted) return "refused";
  return photo.reason !== null || isAlike(photo) ? "doubtful" : "accepted";
}

export function isAlike(photo: Photo): boolean {
  return photo.nearest !== null && photo.nearest.score >= ALIKE;
}

/** A sentence of the center as it stands here: the file's name before it is shown already. */
export function reasonOf(photo: Photo): string {
  const said = photo.reason ?? "";
  const bare = said.startsWith(`${photo.file}: `) ? said.slice(photo.file.length + 2) : said;
  const ended = bare === "" || /[.!?]$/u.test(bare) ? bare : `${bare}.`;
  return ended.charAt(0).toLocaleUpperCase() + ended.slice(1);
}

export function measures(photo: Photo, words: PeopleWords, text: Messages): readonly Measure[] {
  const said = words.photo;
  const found: Measure[] = [
    { name: said.faces, value: figure(photo.faces, 0, text), word: "", good: photo.faces === 1 },
  ];
  const add = (
    name: string,
    value: number | null,
    digits: number,
    unit: string,
    [word, good]: readonly [string, boolean],
  ) => {
    if (value !== null) found.push({ name, value: figure(value, digits, text) + unit, word, good });
  };
  add(said.size, photo.size_px, 0, ` ${said.pixels}`, graded(photo.size_px, [48, 90], said.sizes));
  // The center tells how smeared a face is; people ask how sharp.
  const sharp = photo.blur === null ? null : 1 - photo.blur;
  add(said.blur, sharp, 2, "", graded(sharp, [0.28, 0.34], said.blurs));
  add(said.pose, photo.pose_deg, 0, "°", graded(negative(photo.pose_deg), [-30, -15], said.poses));
  add(said.exposure, photo.exposure, 2, "", exposed(photo.exposure, said.exposures));
  return found;
}

/** Three words for what is too little, enough and good; `bounds` between them. */
function graded(
  value: number | null,
  [enough, good]: readonly [number, number],
  words: readonly [string, string, string],
): readonly [string, boolean] {
  if (value === null || value < enough) return [words[0], false];
  return value < good ? [words[1], true] : [words[2], true];
}

function negative(value: number | null): number | null {
  return value === null ? null : -Math.abs(value);
}

function exposed(value: number | null, words: readonly [string, string, string]): readonly [string, boolean] {
  if (value === null || value < 0.2) return [words[0], false];
  return value > 0.85 ? [words[2], false] : [words[1], true];
}

export interface Counts {
  readonly all: number;
  readonly accepted: number;
  readonly doubtful: number;
  readonly refused: number;
}

export function counted(items: readonly Photo[]): Counts {
  const of = (wanted: Verdict) => items.filter((photo) => verdict(photo) === wanted).length;
  return { all: items.length, accepted: of("accepted"), doubtful: of("doubtful"), refused: of("refused") };
}

/** What of a report is shown: the verdict asked for, the refused first where all are. */
export function shownOf(items: readonly EnrolledPhoto[], wanted: Verdict | "all"): readonly EnrolledPhoto[] {
  const order: Readonly<Record<Verdict, number>> = { refused: 0, doubtful: 1, accepted: 2 };
  const kept = wanted === "all" ? items : items.filter((photo) => verdict(photo) === wanted);
  return [...kept].sort((a, b) => order[verdict(a)] - order[verdict(b)]);
}

/** The rows of the refused, to be sent to whoever took the photos. */
export function refusedRows(job: Enrolment, words: PeopleWords): readonly (readonly (string | number | null)[])[] {
  const refused = job.items.filter((photo) => !photo.accepted);
  return [words.bulk.columns, ...refused.map((photo) => [photo.file, photo.name ?? "", photo.faces, reasonOf(photo)])];
}

/** The measures in one line, for a table. */
export function shortMeasures(photo: Photo, words: PeopleWords, text: Messages): string {
  const said = measures(photo, words, text).filter((one) => one.word !== "");
  return said.map((one) => `${one.name.toLocaleLowerCase()} ${one.word}`).join(", ");
}
