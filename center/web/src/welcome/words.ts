// the language people read → a welcome screen's sentences in it.
import { spoken } from "../text/chosen";
import { en } from "./en";
import { vi, type WelcomeWords } from "./vi";

export const words = spoken<WelcomeWords>({ vi, en });
