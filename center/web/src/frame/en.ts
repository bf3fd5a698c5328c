// The sentences around every organiser's page, in English.
import type { FrameWords } from "./vi";

export const en: FrameWords = {
  code: "en",
  pages: { wall: "Operations", checkin: "Check-in", people: "People", events: "Events" },
  ward: "Operations centre",
  otherLanguage: "Tiếng Việt",
  otherLanguageShort: "VI",
  states: { draft: "Draft", rehearsal: "Rehearsal", open: "Open", closed: "Closed" },
  signOut: "Sign out",
  menu: "Pages",
  forOrganisers: "This page is for organisers. The account in use may only look at the wall and the welcome screens.",
  toWall: "Open the wall",
  unreachable: "The centre cannot be reached yet. Trying again by itself.",
  close: "Close",
  cancel: "Cancel",
  weekdays: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
  date: (day, month, year) => `${day}/${month}/${year}`,
};
