// The sentences of a welcome screen, in English.
import type { WelcomeWords } from "./vi";

const MONTHS = "January February March April May June July August September October November December".split(" ");

export const en: WelcomeWords = {
  title: "Welcome screen",
  greeting: "Welcome {title}|{name}|{position}|{unit}|Seat {seat}",
  idle: "Welcome to all delegates",
  rehearsal: "Rehearsal",
  lost: "Reconnecting",
  noGate: (gate) => `There is no gate called “${gate}”. Please check this screen's address on the page of events.`,
  closed: (occasion) => `The event “${occasion}” has ended.`,
  refused: "This screen may not be opened any more. Please ask for a new link.",
  weekdays: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
  date: (day, month, year) => `${day} ${MONTHS[month - 1]} ${year}`,
};
