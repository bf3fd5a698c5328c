// The entry of /checkin.
import { createApp } from "vue";
import "../style/forms.css";
import CheckinPage from "./CheckinPage.vue";

export function open(): void {
  createApp(CheckinPage).mount("#app");
}
