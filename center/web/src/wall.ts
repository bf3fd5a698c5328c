// The wall's entry.
import { createApp, watch } from "vue";
import App from "./App.vue";
import { boot, picture, repaint, shown, start } from "./live";
import { language } from "./text/language";

export function open(): void {
  const root = document.documentElement;
  watch(shown, (now) => (root.dataset["connection"] = now), { immediate: true });
  watch([picture, boot], () => Object.assign(root.dataset, { seq: String(picture.value.seq), boot: boot.value }), {
    flush: "post",
  });
  watch(language, repaint);

  createApp(App).mount("#app");
  void start();
}
