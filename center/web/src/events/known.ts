// how many delegates are known at the gates, shared by the path and its steps.
import type { InjectionKey, ShallowRef } from "vue";
import type { Known } from "./path";

export const KNOWN: InjectionKey<ShallowRef<Known | null>> = Symbol("known");
