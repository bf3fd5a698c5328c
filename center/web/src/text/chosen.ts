// the language people read, kept for the next visit → the catalogue of it, of any page.
import { computed, ref, watchEffect, type ComputedRef } from "vue";

export type Language = "vi" | "en";

const KEY = "wardroom.language";

export const language = ref<Language>(localStorage.getItem(KEY) === "en" ? "en" : "vi");

export function switchLanguage(): void {
  language.value = language.value === "vi" ? "en" : "vi";
}

/** The catalogue in the language people read. */
export function spoken<T>(catalogues: Readonly<Record<Language, T>>): ComputedRef<T> {
  return computed(() => catalogues[language.value]);
}

watchEffect(() => {
  localStorage.setItem(KEY, language.value);
  document.documentElement.lang = language.value;
});
