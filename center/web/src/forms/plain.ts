// a text → the same in small letters without diacritics, as people type names in a hurry.

export function plain(text: string): string {
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "D");
  return bare.toLowerCase().replace(/\s+/gu, " ").trim();
}

/** Whether what was typed is the word that was asked for, however it was typed. */
export function typedAs(word: string, typed: string): boolean {
  return plain(word) !== "" && plain(word) === plain(typed);
}
