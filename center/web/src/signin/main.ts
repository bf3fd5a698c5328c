// The sign-in page: account and password, a wall's link, and the change of a password that works only once.
import { askSession, Refusal, request, type Session } from "../api";
import "../style/tokens.css";
import { nextPath, wallToken } from "./address";
import { element, form, type Form } from "./form";
import "./signin.css";
import { speakOther, spoken } from "./words";

const SESSION = "/api/v1/session";
const SVG = "http://www.w3.org/2000/svg";

type Step = (message?: string) => void;
let current: Step = signIn;

function leave(): void {
  location.replace(nextPath(location.search, location.origin));
}

function go(session: Session): void {
  if (session.must_change_password) changePassword();
  else leave();
}

function show(title: string, subtitle: string, content: readonly Node[]): void {
  const words = spoken();
  document.documentElement.lang = words.code;
  document.title = words.pageTitle;
  const other = element("button", { type: "button", className: "other", textContent: words.other });
  other.addEventListener("click", () => {
    speakOther();
    current();
  });
  const heading = [element("h1", { textContent: title }), element("p", { className: "sub", textContent: subtitle })];
  document.querySelector("#signin")?.replaceChildren(mark(), ...heading, ...content, other);
}

function mark(): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  const ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width: "32", height: "32", rx: "7" })) ground.setAttribute(name, value);
  const pulse = document.createElementNS(SVG, "path");
  pulse.setAttribute("d", "M6 17h5l2.5-7 5 13L21.5 15H26");
  svg.append(ground, pulse);
  return svg;
}

/** Do what a form asks; a refusal becomes its sentence, anything else that nobody can be reached. */
async function attempt(shown: Form, action: () => Promise<void>): Promise<void> {
  shown.say(spoken().working, false);
  try {
    await action();
  } catch (error) {
    shown.say(error instanceof Refusal ? error.message : spoken().unreachable, true);
  }
}

function signIn(message = ""): void {
  current = signIn;
  const words = spoken();
  const shown = form(
    [
      { name: "account", label: words.account, type: "text", autocomplete: "username" },
      { name: "password", label: words.password, type: "password", autocomplete: "current-password" },
    ],
    words.signIn,
    ({ account = "", password = "" }) => {
      if (!account.trim() || !password) return Promise.resolve(shown.say(words.empty, true));
      return attempt(shown, async () => {
        go(await request<Session>("POST", SESSION, words.code, { account: account.trim(), password }));
      });
    },
  );
  shown.say(message, true);
  show(words.title, words.subtitle, [shown.node]);
}

function changePassword(): void {
  current = changePassword;
  const words = spoken();
  const shown = form(
    [
      { name: "current", label: words.current, type: "password", autocomplete: "current-password" },
      { name: "new", label: words.fresh, type: "password", autocomplete: "new-password" },
      { name: "again", label: words.again, type: "password", autocomplete: "new-password" },
    ],
    words.change,
    (values) => {
      const { current: old = "", new: fresh = "", again = "" } = values;
      if (!old || !fresh) return Promise.resolve(shown.say(words.empty, true));
      if (fresh !== again) return Promise.resolve(shown.say(words.different, true));
      return attempt(shown, async () => {
        await request("POST", "/api/v1/password", words.code, { current: old, new: fresh });
        leave();
      });
    },
  );
  const out = element("button", { type: "button", className: "other", textContent: words.signOut });
  out.addEventListener("click", () => {
    void attempt(shown, async () => {
      await request("DELETE", SESSION, words.code);
      signIn();
    });
  });
  show(words.changeTitle, words.changeSubtitle, [shown.node, out]);
}

/** A wall opened by its link. It keeps trying while the center is away: nobody stands there to press a button. */
async function openWall(token: string): Promise<void> {
  current = () => show(spoken().title, spoken().wall, []);
  current();
  try {
    go(await request<Session>("POST", SESSION, spoken().code, { wall_token: token }));
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) {
      signIn(spoken().wallRefused);
      return;
    }
    show(spoken().title, spoken().unreachable, []);
    window.setTimeout(() => void openWall(token), 3_000 + Math.random() * 3_000);
  }
}

async function start(): Promise<void> {
  const token = wallToken(location.hash);
  if (token !== null) return openWall(token);
  const answer = await askSession(spoken().code);
  if (answer.kind === "valid") go(answer.session);
  else signIn();
}

void start();
