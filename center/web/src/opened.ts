// the series whose history is open, if any.
import { ref } from "vue";

export const opened = ref<number | null>(null);
