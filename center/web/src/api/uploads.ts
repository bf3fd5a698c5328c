// a file → the center, with its progress: XMLHttpRequest, because fetch does not tell how much was sent.
import { Refusal } from "../api";
import { language } from "../text/chosen";
import { query } from "./call";

export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

/** A slow line may take long over a large file, but is never silent for so long. */
const STALLED_MS = 30_000;

export class Stalled extends Error {}

/** POST a file's bytes. `progress` is told the share sent, 0 to 1; `signal` stops it. Throws Refusal, Stalled, or an AbortError. */
export function send<T>(
  path: string,
  file: File,
  progress: (share: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silence = 0;
    const heard = () => {
      window.clearTimeout(silence);
      silence = window.setTimeout(() => request.abort(), STALLED_MS);
    };
    const stop = () => request.abort();
    request.open("POST", `/api/v1${path}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Accept-Language", language.value);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => {
      heard();
      if (event.lengthComputable && event.total > 0) progress(event.loaded / event.total);
    };
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(answer as T);
      else reject(new Refusal(request.status, detail(answer) ?? `HTTP ${request.status}`));
    };
    request.onerror = () => reject(new Stalled("network"));
    request.onabort = () =>
      reject(signal?.aborted ? new DOMException("stopped", "AbortError") : new Stalled("silence"));
    request.onloadend = () => {
      window.clearTimeout(silence);
      signal?.removeEventListener("abort", stop);
    };
    signal?.addEventListener("abort", stop);
    heard();
    request.send(file);
  });
}

export const uploads = {
  send: (file: File, progress?: (share: number) => void, signal?: AbortSignal) =>
    send<Upload>(`/uploads${query({ name: file.name })}`, file, progress, signal),
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function detail(answer: unknown): string | null {
  return typeof answer === "object" && answer !== null && "detail" in answer ? String(answer.detail) : null;
}
