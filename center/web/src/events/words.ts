// the language people read → the sentences of /events in it.
import { spoken } from "../text/chosen";
import { en } from "../text/events.en";
import { vi, type EventWords } from "../text/events.vi";

export const words = spoken<EventWords>({ vi, en });
