// the language people read → the frame's sentences in it.
import { spoken } from "../text/chosen";
import { en } from "./en";
import { vi, type FrameWords } from "./vi";

export const words = spoken<FrameWords>({ vi, en });
