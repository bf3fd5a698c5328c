// the language people read, kept for the next visit.
import { computed, ref, watchEffect } from "vue";
import { en } from "./en";
import { vi, type Messages } from "./vi";

export type Language = "vi" | "en";

const KEY = "wardroom.language";
const catalogues: Readonly<Record<Language, Messages>> = { vi, en };

export const language = ref<Language>(localStorage.getItem(KEY) === "en" ? "en" : "vi");
export const text = computed<Messages>(() => catalogues[language.value]);

export function switchLanguage(): void {
  language.value = language.value === "vi" ? "en" : "vi";
}

watchEffect(() => {
  localStorage.setItem(KEY, language.value);
  document.documentElement.lang = language.value;
  document.title = text.value.title;
});
