import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { en } from "./words/en.ts";
import { nl } from "./words/nl.ts";

export type Language = "nl" | "en";

const KEY = "kassahub.language";

export const language = signal<Language>(localStorage.getItem(KEY) === "en" ? "en" : "nl");

effect(() => {
	document.documentElement.lang = language.value;
	localStorage.setItem(KEY, language.value);
});

/** An app's words in the language of the moment. */
export const wordsIn = <T>(dictionaries: Record<Language, T>): ReadonlySignal<T> =>
	computed(() => dictionaries[language.value]);

export const kitWords = wordsIn({ nl, en });
