// the language people read → the desk's sentences in it.
import { spoken } from "../text/chosen";
import { en } from "./en";
import { vi, type DeskWords } from "./vi";

export const words = spoken<DeskWords>({ vi, en });
