// The entry of /welcome/{gate}.
import { createApp } from "vue";
import type { Place } from "../pages";
import WelcomePage from "./WelcomePage.vue";

export function open(place: Place): void {
  createApp(WelcomePage, { gate: place.rest[0] ?? "" }).mount("#app");
}
