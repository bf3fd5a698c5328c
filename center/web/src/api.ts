// requests to the center's REST interface. Every one has a timeout; a problem document becomes a `Problem`.

const TIMEOUT_MS = 8_000;

export interface Session {
  readonly account: string;
  readonly role: string;
  readonly must_change_password: boolean;
}

/** What the center answered instead: the status and its sentence for people. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

export async function request<T>(method: string, path: string, language: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      Accept: "application/json",
      "Accept-Language": language,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await refusalOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export async function refusalOf(response: Response): Promise<Refusal> {
  return new Refusal(response.status, await detailOf(response));
}

async function detailOf(response: Response): Promise<string> {
  try {
    const problem: unknown = await response.json();
    if (typeof problem === "object" && problem !== null && "detail" in problem) return String(problem.detail);
  } catch {
    // Not a problem document: the status has to do.
  }
  return `HTTP ${response.status}`;
}

export type SessionAnswer = { kind: "valid"; session: Session } | { kind: "gone" } | { kind: "unreachable" };

/** Ask whether we are signed in. A center that cannot answer is no reason to sign out. */
export async function askSession(language: string): Promise<SessionAnswer> {
  try {
    return { kind: "valid", session: await request<Session>("GET", "/api/v1/session", language) };
  } catch (error) {
    const gone = error instanceof Refusal && (error.status === 401 || error.status === 403);
    return { kind: gone ? "gone" : "unreachable" };
  }
}

export function goToSignIn(): void {
  const next = location.pathname + location.search;
  location.replace(`/signin/?next=${encodeURIComponent(next)}`);
}

/** Whatever the center answers: who signs out is shown nothing more. */
export async function signOut(language: string): Promise<void> {
  try {
    await request("DELETE", "/api/v1/session", language);
  } finally {
    goToSignIn();
  }
}
