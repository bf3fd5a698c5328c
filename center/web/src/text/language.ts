// the language people read → the wall's sentences in it.
import { watchEffect } from "vue";
import { spoken } from "./chosen";
import { en } from "./en";
import { vi, type Messages } from "./vi";

export { language, switchLanguage } from "./chosen";

export const text = spoken<Messages>({ vi, en });

watchEffect(() => (document.title = text.value.title));
