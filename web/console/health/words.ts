import { wordsIn } from "../../kit/language.ts";
import { en } from "./words/en.ts";
import { nl } from "./words/nl.ts";

export const healthWords = wordsIn({ nl, en });
