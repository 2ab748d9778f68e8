import { language } from "../../kit/language.ts";

const units = ["B", "kB", "MB", "GB", "TB"];

const locale = (): string => (language.value === "nl" ? "nl-NL" : "en-GB");

/** A share as `99,9`, rounded down: only what was whole is 100. */
export const percentWords = (share: number): string => (Math.floor(share * 1000) / 10).toLocaleString(locale());

/** Bytes as people read them: `1,4 GB`. */
export function bytesWords(bytes: number): string {
	const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
	const value = bytes / 1000 ** power;
	const digits = value < 10 && power > 0 ? 1 : 0;
	return `${value.toLocaleString(locale(), { maximumFractionDigits: digits })} ${units[power]}`;
}
