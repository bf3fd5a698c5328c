// an occasion's wording, somebody → the lines of their greeting. Pure.
//
// A wording has the lines of the greeting with | between them, and {title} {name} {position} {unit} {seat} in them. The line with {name}
// is the large one. A line of which every place is empty is left out; where one of several is empty its comma or dash goes with it. A
// wording without {name} stands above the name, and what follows it is the house's own.

export interface Spoken {
  readonly title: string;
  readonly name: string;
  readonly position: string;
  readonly unit: string;
  readonly seat: string;
}

export interface Greeting {
  /** Above the name. */
  readonly lead: readonly string[];
  readonly name: string;
  /** Below it; `seat`: says where to sit. */
  readonly details: readonly { readonly text: string; readonly seat: boolean }[];
}

const PLACE = /\{(title|name|position|unit|seat)\}/g;
const LOOSE = /^[\s,;:.–—-]+|[\s,;:–—-]+$/gu;
const TWICE = /([,;–—-])(?:\s*[,;–—-])+/gu;
const MOST_LINES = 12;

/** `own`: the house's wording, which has a {name}. */
export function greetingOf(wording: string, somebody: Spoken, own: string): Greeting {
  const { before, name, after } = parted(wording, own);
  const lead = before.map((line) => filled(line, somebody)).filter(Boolean);
  const title = somebody.title.trim();
  const untitled = !wording.includes("{") && title !== "" && !ends(lead.at(-1) ?? "", title);
  return {
    lead: untitled ? [...lead, title] : lead,
    name: filled(name, somebody),
    details: after
      .map((line) => ({ text: filled(line, somebody), seat: line.includes("{seat}") }))
      .filter((line) => line.text),
  };
}

function parted(wording: string, own: string): { before: string[]; name: string; after: string[] } {
  const lines = wording.split(/[|\n]/).slice(0, MOST_LINES);
  const named = lines.findIndex((line) => line.includes("{name}"));
  if (named >= 0) return { before: lines.slice(0, named), name: lines[named] ?? "", after: lines.slice(named + 1) };
  const rest = own.includes("{name}") ? parted(own, "") : { name: "{name}", after: [] };
  return { before: lines, name: rest.name, after: rest.after };
}

function ends(line: string, title: string): boolean {
  return line.toLocaleLowerCase("vi").endsWith(title.toLocaleLowerCase("vi"));
}

const NOBODY: Spoken = { title: "", name: "", position: "", unit: "", seat: "" };

/** The greeting of several people at once: what stands above the name, whoever they are. */
export function commonLead(wording: string): string {
  return greetingOf(wording, NOBODY, "").lead.join(" ");
}

/** The title of one of several people, where the wording says it above the name and not already for all. */
export function titleOf(wording: string, title: string): string {
  const { before } = parted(wording, "");
  const says = before.some((line) => line.includes("{title}")) || !wording.includes("{");
  return says && !ends(commonLead(wording), title) ? title : "";
}

function filled(line: string, somebody: Spoken): string {
  let places = 0;
  let said = 0;
  const text = line.replace(PLACE, (_, place: keyof Spoken) => {
    const word = somebody[place].trim();
    places += 1;
    if (word) said += 1;
    return word;
  });
  if (places === 0) return text.trim();
  if (said === 0) return unplaced(line);
  return said < places ? text.replace(TWICE, "$1").replace(/\s+/gu, " ").replace(LOOSE, "") : text.trim();
}

/** "Trân trọng chào mừng {title}" greets also who has no title; "Ghế {seat}" says nothing without one. */
function unplaced(line: string): string {
  const rest = line.replace(PLACE, "").replace(LOOSE, "");
  return rest.split(/\s+/u).length > 2 ? rest : "";
}
