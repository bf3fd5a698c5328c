// The entry of /people.
import { createApp } from "vue";
import "../style/forms.css";
import "../forms/desk.css";
import PeoplePage from "./PeoplePage.vue";

export function open(): void {
  createApp(PeoplePage).mount("#app");
}
