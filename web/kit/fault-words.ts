import { type ErrorCode, errors } from "@kassahub/contracts/errors.ts";
import { language } from "./language.ts";

/** The sentence and remedy of an error code in the language of the screen; an unknown code speaks for itself. */
export function faultWords(code: string): { sentence: string; remedy: string } {
	if (!(code in errors)) return { sentence: code, remedy: "" };
	const entry = errors[code as ErrorCode];
	return language.value === "nl"
		? { sentence: entry.nl, remedy: entry.remedyNl }
		: { sentence: entry.en, remedy: entry.remedyEn };
}
