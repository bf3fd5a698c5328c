// the screen's size → the unit of a welcome screen: a hundredth of its height where it is a wide one.
import { ref } from "vue";
import { unitOf } from "./room";

/** In pixels. */
export const unit = ref(unitOf(window.innerWidth, window.innerHeight));
/** A screen that stands upright. */
export const tall = ref(window.innerHeight > window.innerWidth);

window.addEventListener("resize", () => {
  unit.value = unitOf(window.innerWidth, window.innerHeight);
  tall.value = window.innerHeight > window.innerWidth;
});
