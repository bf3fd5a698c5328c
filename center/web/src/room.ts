// an element (by its `ref` in the template) → the room inside it, in units (rem), kept up to date.
import { onBeforeUnmount, onMounted, ref, shallowRef, useTemplateRef, type ShallowRef } from "vue";
import type { Box } from "./view/layout";

export function useRoom(name: string): ShallowRef<Box> {
  const element = useTemplateRef<HTMLElement>(name);
  const room = shallowRef<Box>({ width: 0, height: 0 });
  const observer = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const unit = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    room.value = { width: entry.contentRect.width / unit, height: entry.contentRect.height / unit };
  });
  onMounted(() => element.value && observer.observe(element.value));
  onBeforeUnmount(() => observer.disconnect());
  return room;
}

/** On a screen too small for the whole picture the page flows and scrolls instead of filling the screen. */
const small = window.matchMedia("(max-width: 1599px), (max-height: 820px)");
export const flowing = ref(small.matches);
small.addEventListener("change", () => (flowing.value = small.matches));
