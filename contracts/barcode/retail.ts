import { BarcodeError } from "./barcode-error.ts";
import { hasValidCheckDigit, withCheckDigit } from "./check-digit.ts";
import type { AimId } from "./symbology.ts";

/** A number of the EAN/UPC family. Numbers that mean something inside one shop only have no GTIN. */
export type RetailCode = { symbology: "ean-8" | "ean-13" | "upc-a" | "upc-e" | "itf"; gtin?: string };

/** The first digits, of thirteen, of numbers that each company gives out for itself (GS1 General Specifications §1.4.3). */
const RESTRICTED = /^(0[24]|2)/;
/** The same for EAN-8. */
const RESTRICTED_SHORT = /^[02]/;

/** The twelve digits of UPC-A that the eight of UPC-E stand for: the last but one says where the zeros were. */
export function expandUpcE(digits: string): string {
	const [system, a, b, c, d, e, last, check] = digits;
	if ("012".includes(`${last}`)) return `${system}${a}${b}${last}0000${c}${d}${e}${check}`;
	if (last === "3") return `${system}${a}${b}${c}00000${d}${e}${check}`;
	if (last === "4") return `${system}${a}${b}${c}${d}00000${e}${check}`;
	return `${system}${a}${b}${c}${d}${e}0000${last}${check}`;
}

/**
 * Reads digits as EAN-8, EAN-13, UPC-A, UPC-E or ITF-14; undefined where no such number is this long, or where it could
 * be two of them. Throws SCAN_CHECK_DIGIT_WRONG.
 */
export function decodeRetail(digits: string, aim?: AimId): RetailCode | undefined {
	if (digits.length === 8) return decodeEight(digits, aim);
	// An add-on of two or five digits follows in the same message (]E3).
	const main = aim === "E3" ? digits.slice(0, 13) : digits;
	if (![12, 13, 14].includes(main.length)) return undefined;
	if (!hasValidCheckDigit(main)) throw wrongCheckDigit(main);
	if (main.length === 14) return { symbology: "itf", gtin: main };
	const thirteen = main.padStart(13, "0");
	const symbology = main.length === 12 ? "upc-a" : "ean-13";
	return RESTRICTED.test(thirteen) ? { symbology } : { symbology, gtin: `0${thirteen}` };
}

function decodeEight(digits: string, aim: AimId | undefined): RetailCode | undefined {
	const mayBeShort = (aim === undefined || aim === "E4") && hasValidCheckDigit(digits);
	const mayBeUpcE =
		(aim === undefined || aim === "E0") && /^[01]/.test(digits) && hasValidCheckDigit(expandUpcE(digits));
	if (mayBeShort && mayBeUpcE) return undefined;
	if (mayBeUpcE) return { symbology: "upc-e", gtin: expandUpcE(digits).padStart(14, "0") };
	if (!mayBeShort) throw wrongCheckDigit(digits);
	return RESTRICTED_SHORT.test(digits)
		? { symbology: "ean-8" }
		: { symbology: "ean-8", gtin: digits.padStart(14, "0") };
}

const wrongCheckDigit = (digits: string): BarcodeError =>
	new BarcodeError("SCAN_CHECK_DIGIT_WRONG", `the last digit should be ${withCheckDigit(digits.slice(0, -1)).at(-1)}`);
