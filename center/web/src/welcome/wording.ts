// an occasion's wording, somebody → the lines of their greeting. Pure.
//
// A wording has a line for each line of the greeting, with {title} {name} {position} {unit} {seat} in it. The line with {name} is the
// large one. A line of which every place is empty is left out; where one of several is empty its comma or dash goes with it.

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

export function greetingOf(wording: string, somebody: Spoken): Greeting {
  const lines = wording.split("\n").slice(0, MOST_LINES);
  const named = lines.findIndex((line) => line.includes("{name}"));
  const before = named < 0 ? lines : lines.slice(0, named);
  const after = named < 0 ? [] : lines.slice(named + 1);
  return {
    lead: before.map((line) => filled(line, somebody)).filter(Boolean),
    name: named < 0 ? somebody.name : filled(lines[named] ?? "", somebody),
    details: after
      .map((line) => ({ text: filled(line, somebody), seat: line.includes("{seat}") }))
      .filter((line) => line.text),
  };
}

const NOBODY: Spoken = { title: "", name: "", position: "", unit: "", seat: "" };

/** The greeting of several people at once: what stands above the name, whoever they are. */
export function commonLead(wording: string): string {
  return greetingOf(wording, NOBODY).lead.join(" ");
}

/** Whether a wording says the title above the name. */
export function titled(wording: string): boolean {
  return (wording.split("{name}")[0] ?? "").includes("{title}");
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
