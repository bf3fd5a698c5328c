// a person → the address of a photo of theirs on record, asked once. Bounded: the one asked for longest ago is forgotten.
import { people } from "../api/people";

const MOST = 200;
const known = new Map<string, Promise<string | null>>();

export function portrait(person: string): Promise<string | null> {
  const before = known.get(person);
  if (before) return before;
  const asked = first(person);
  known.set(person, asked);
  const oldest = known.keys().next().value;
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  return asked;
}

async function first(person: string): Promise<string | null> {
  try {
    const photo = (await people.get(person)).photo_list.find((one) => one.id !== null);
    return photo?.id ? people.photo(person, photo.id) : null;
  } catch {
    known.delete(person);
    return null;
  }
}
