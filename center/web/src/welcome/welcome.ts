// The entry of /welcome/{gate}.
import { createApp } from "vue";
import type { Place } from "../pages";
import { CenterSource } from "./source/center";
import WelcomePage from "./WelcomePage.vue";

export function open(place: Place): void {
  const gate = place.rest[0] ?? "";
  createApp(WelcomePage, { gate, source: new CenterSource(gate) }).mount("#app");
}
