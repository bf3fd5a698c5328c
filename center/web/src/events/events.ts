// The entry of /events.
import { createApp } from "vue";
import "../style/forms.css";
import "../forms/desk.css";
import EventsPage from "./EventsPage.vue";

export function open(): void {
  createApp(EventsPage).mount("#app");
}
