import { BarcodeError } from "./barcode-error.ts";
import { decodeDigitalLink } from "./digital-link.ts";
import { decodeElements, GS } from "./element-string.ts";
import { type Facts, factsOf } from "./facts.ts";
import { type Label, readLabel } from "./label-rules.ts";
import { decodeRetail } from "./retail.ts";
import { type AimId, isElementString, symbologyOf } from "./symbology.ts";

/** What a code says, as far as a standard or the shop's own rules tell; or why it can't be right. */
export type BarcodeReading = { symbology?: string } & (
	| (Facts & Partial<Label> & { fault?: never })
	| { fault: { code: BarcodeError["code"]; detail: string } }
);

/**
 * Reads a code without its AIM identifier, which goes into `aim` where the scanner sends it: EAN and UPC with the
 * shop's own labels (`rules`), GS1 element strings, and GS1 Digital Links. Any other text is a reading that says
 * nothing. Without an identifier a text counts as an element string only where it holds a separator, or begins with
 * a right GTIN. Two-digit years are of the time around `thisYear`.
 */
export function readBarcode(
	text: string,
	{ rules, aim, thisYear = new Date().getFullYear() }: { rules: readonly string[]; aim?: AimId; thisYear?: number },
): BarcodeReading {
	const symbology = aim === undefined ? undefined : symbologyOf(aim);
	const base = symbology === undefined ? {} : { symbology };
	try {
		if (aim !== undefined && isElementString(aim)) return { ...base, ...factsOf(decodeElements(text), thisYear) };
		const retail = mayBeRetail(text, aim) ? decodeRetail(text, aim) : undefined;
		if (retail?.symbology === "ean-13") return { ...retail, ...readLabel(text, rules) };
		if (retail) return { ...base, ...retail };
		const link = decodeDigitalLink(text);
		if (link) return { ...base, ...factsOf(link, thisYear) };
		if (aim === undefined && looksLikeElements(text)) return factsOf(decodeElements(text), thisYear);
		return base;
	} catch (error) {
		if (!(error instanceof BarcodeError)) throw error;
		return { ...base, fault: { code: error.code, detail: error.detail } };
	}
}

/** The EAN and UPC family, and ITF-14 with its check digit validated; or a scanner that doesn't say. */
function mayBeRetail(text: string, aim: AimId | undefined): boolean {
	if (!/^\d+$/.test(text)) return false;
	return aim === undefined || /^E[034]$/.test(aim) || (aim === "I1" && text.length === 14);
}

function looksLikeElements(text: string): boolean {
	// Other standards have separators inside too, behind a head of their own (ISO/IEC 15434).
	if (text.includes(GS)) return text.startsWith(GS) || /^\d\d/.test(text);
	if (!/^01\d{14}/.test(text)) return false;
	try {
		return decodeElements(text).length > 0;
	} catch {
		return false;
	}
}
