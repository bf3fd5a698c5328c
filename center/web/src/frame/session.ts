// the center → who is signed in here, asked again until it answers.
import { ref, shallowRef } from "vue";
import { askSession, goToSignIn, type Session } from "../api";
import { language } from "../text/chosen";

const AGAIN_MS = 3_000;
const ORGANISERS: ReadonlySet<string> = new Set(["administrator", "operator"]);

export const session = shallowRef<Session | null>(null);
export const unreachable = ref(false);

/** Whether a role runs people, occasions and the desk; everybody else only looks at walls and welcome screens. */
export function organises(role: string): boolean {
  return ORGANISERS.has(role);
}

export async function findSession(): Promise<void> {
  const answer = await askSession(language.value);
  unreachable.value = answer.kind === "unreachable";
  if (answer.kind === "unreachable") window.setTimeout(() => void findSession(), AGAIN_MS);
  else if (answer.kind === "gone" || answer.session.must_change_password) goToSignIn();
  else session.value = answer.session;
}
