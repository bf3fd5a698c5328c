// the language people read → what every form says in it, and how figures and times are written.
import { spoken } from "../text/chosen";
import { en as formsEn } from "../text/forms.en";
import { vi as formsVi, type FormWords } from "../text/forms.vi";
import { en } from "../text/en";
import { vi, type Messages } from "../text/vi";

export const words = spoken<FormWords>({ vi: formsVi, en: formsEn });
export const text = spoken<Messages>({ vi, en });
