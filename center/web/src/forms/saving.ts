// bytes made here or at the center → a file in the folder for downloads.
import { refusalOf } from "../api";
import { language } from "../text/chosen";
import { named } from "./disposition";

/** A file of thousands of pages takes its time. */
const TIMEOUT_MS = 180_000;

export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Fetch a file and save it under the name the center gives it; raises what the center answered instead. */
export async function saveFrom(path: string, name: string): Promise<void> {
  const response = await fetch(path, {
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { "Accept-Language": language.value },
  });
  if (!response.ok) throw await refusalOf(response);
  save(await response.blob(), named(response.headers.get("Content-Disposition")) ?? name);
}
