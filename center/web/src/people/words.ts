// the language people read → the sentences of /people in it.
import { spoken } from "../text/chosen";
import { en } from "../text/people.en";
import { vi, type PeopleWords } from "../text/people.vi";

export const words = spoken<PeopleWords>({ vi, en });
