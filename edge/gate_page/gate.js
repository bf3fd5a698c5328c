// A gate's own screen: what the gateway tells → greetings, newest last, each for a while; without the gateway it says so.
"use strict";

const SHOWN_MS = 9000;
const MOST = 4;
const SILENT_MS = 15000;
const LOOK_AGAIN_MS = 10000;
const place = (id) => document.getElementById(id);
const REMEMBERED = 500;
// Who was greeted, by visit: the gateway says the last seconds' greetings again to a page that was away.
const known = new Map();
let wording = "";

function line(parent, kind, text) {
  if (!text) return;
  const made = document.createElement(kind);
  made.textContent = text;
  parent.append(made);
}

// A wording has lines with | between them; the one with {name} is large, and one without any {name} stands above the name.
function lines(somebody) {
  const own = wording.includes("{name}") ? wording : `${wording}|{title} {name}|{position}, {unit}|Ghế {seat}`;
  return own.split("|").map((text) => {
    const places = [...text.matchAll(/\{(title|name|position|unit|seat)\}/g)].map((found) => somebody[found[1]] || "");
    const filled = text.replace(/\{(title|name|position|unit|seat)\}/g, (_, word) => somebody[word] || "");
    const said = places.length === 0 || places.some(Boolean);
    return { large: text.includes("{name}"), text: said ? filled.replace(/^[\s,–-]+|[\s,–-]+$/g, "") : "" };
  });
}

function settle() {
  const count = place("greetings").children.length;
  place("greetings").classList.toggle("several", count > 1);
  place("greetings").hidden = count === 0;
  place("idle").hidden = count > 0;
}

function greet(greeting) {
  const said = `${greeting.title} ${greeting.name}`;
  if (known.get(greeting.id) === said) return;
  known.set(greeting.id, said);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value);
  const shown = place("greetings");
  for (const one of [...shown.children]) if (one.dataset.id === greeting.id) one.remove();
  const card = document.createElement("article");
  card.dataset.id = greeting.id;
  for (const one of lines(greeting)) line(card, one.large ? "strong" : "p", one.text);
  shown.append(card);
  while (shown.children.length > MOST) shown.firstElementChild.remove();
  settle();
  setTimeout(() => (card.remove(), settle()), SHOWN_MS);
}

function show(told) {
  const theme = told.theme;
  for (const name of ["background", "ink", "accent"]) {
    if (CSS.supports("color", theme[name])) document.documentElement.style.setProperty(`--${name}`, theme[name]);
  }
  place("heading").textContent = theme.heading || told.name_of_occasion;
  place("idle").textContent = theme.idle;
  place("gate").textContent = told.state === "rehearsal" ? `${told.name} · Tổng duyệt` : told.name;
  wording = theme.greeting;
  const emblem = /^data:image\/png;base64,/.test(theme.emblem || "") ? theme.emblem : "";
  place("emblem").hidden = !emblem;
  if (emblem) place("emblem").src = emblem;
}

async function look() {
  const answer = await fetch(`welcome${location.search}`, { cache: "no-store" }).catch(() => undefined);
  if (answer && answer.ok) show(await answer.json());
}

// A line that was cut tells a browser nothing: the gateway speaks every five seconds, and after three times that the page asks anew.
function listen() {
  const stream = new EventSource(`greetings${location.search}`);
  let silence = 0;
  const renew = () => {
    clearTimeout(silence);
    place("lost").hidden = false;
    stream.close();
    setTimeout(listen, 3000);
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(renew, SILENT_MS);
  };
  stream.addEventListener("beat", heard);
  stream.onopen = () => ((place("lost").hidden = true), heard());
  stream.onerror = () => {
    place("lost").hidden = false;
    if (stream.readyState === EventSource.CLOSED) renew();
  };
  stream.onmessage = (event) => (heard(), greet(JSON.parse(event.data)));
  heard(); // a connection that never opens tells nothing either
}

listen();
setInterval(look, LOOK_AGAIN_MS);
settle();
look();
