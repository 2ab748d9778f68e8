import { BarcodeError } from "./barcode-error.ts";
import { hasValidCheckDigit } from "./check-digit.ts";

/** One statement of a GS1 code: its application identifier (AI) and what it says. */
export type Element = { ai: string; value: string };

/**
 * Lengths, AI and value together, of elements that need no separator behind them, by their first two digits
 * (GS1 General Specifications §7.8.5). They hold for AIs that are still to be given out, too.
 */
const fixedLengths: Readonly<Record<string, number>> = {
	"00": 20,
	"01": 16,
	"02": 16,
	"03": 16,
	"04": 18,
	...Object.fromEntries(["11", "12", "13", "14", "15", "16", "17", "18", "19"].map((start) => [start, 8])),
	"20": 4,
	...Object.fromEntries(["31", "32", "33", "34", "35", "36"].map((start) => [start, 10])),
	"41": 16,
};

export const fixedLengthOf = (start: string): number | undefined => fixedLengths[start];

/** How many digits an AI has, by its first two; undefined where no AI begins with them (GS1 Barcode Syntax Dictionary). */
export function digitsOfAi(start: string): 2 | 3 | 4 | undefined {
	if (/^(0[0-4]|1\d|2[0-2]|3[07]|9\d)$/.test(start)) return 2;
	if (/^(2[345]|4[012]|71)$/.test(start)) return 3;
	if (/^(3[1-69]|43|7[02]|8[0-2])$/.test(start)) return 4;
	return undefined;
}

const GTIN = /^\d{14}$/;
const DATE = /^\d{6}$/;
const MEASURE = /^\d{6}$/;
/** GS1 AI encodable character set 82. */
const text = (length: number): RegExp => new RegExp(`^[!"%-?A-Z_a-z]{1,${length}}$`);

/** What may stand behind the AIs that a shop meets. Of others only where they end is known. */
const formats: readonly { ai: RegExp; value: RegExp; hasCheckDigit?: true }[] = [
	{ ai: /^00$/, value: /^\d{18}$/, hasCheckDigit: true },
	{ ai: /^0[123]$/, value: GTIN, hasCheckDigit: true },
	{ ai: /^10$/, value: text(20) },
	{ ai: /^1[123567]$/, value: DATE },
	{ ai: /^20$/, value: /^\d{2}$/ },
	{ ai: /^2[12]$/, value: text(20) },
	{ ai: /^24[01]$/, value: text(30) },
	{ ai: /^3[07]$/, value: /^\d{1,8}$/ },
	{ ai: /^3[1-6]\d\d$/, value: MEASURE },
	{ ai: /^39[02]\d$/, value: /^\d{1,15}$/ },
	{ ai: /^39[13]\d$/, value: /^\d{4,18}$/ },
	{ ai: /^395\d$/, value: /^\d{6}$/ },
	{ ai: /^400$/, value: text(30) },
	{ ai: /^41[0-7]$/, value: /^\d{13}$/, hasCheckDigit: true },
	{ ai: /^8005$/, value: /^\d{6}$/ },
	{ ai: /^8200$/, value: text(70) },
];

/** Throws where a value is not what its AI says it is. */
export function checkElement({ ai, value }: Element): void {
	const format = formats.find((candidate) => candidate.ai.test(ai));
	if (!format) return;
	if (!format.value.test(value)) throw new BarcodeError("SCAN_GS1_INVALID", `(${ai}) can't hold what it holds`);
	if (format.hasCheckDigit && !hasValidCheckDigit(value)) {
		throw new BarcodeError("SCAN_CHECK_DIGIT_WRONG", `the check digit of (${ai}) is wrong`);
	}
}
