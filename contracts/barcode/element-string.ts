import { checkElement, digitsOfAi, type Element, fixedLengthOf } from "./application-identifiers.ts";
import { BarcodeError } from "./barcode-error.ts";

/** What scanners send for FNC1 inside a code. */
export const GS = "\u001d";

const invalid = (detail: string): BarcodeError => new BarcodeError("SCAN_GS1_INVALID", detail);

/** Reads a GS1 element string, with or without the FNC1 it begins with. Throws a BarcodeError. */
export function decodeElements(scanned: string): Element[] {
	const elements: Element[] = [];
	let rest = scanned.startsWith(GS) ? scanned.slice(1) : scanned;
	if (rest === "") throw invalid("the code is empty");
	while (rest !== "") {
		const start = rest.slice(0, 2);
		const digits = digitsOfAi(start);
		if (digits === undefined) throw invalid(`no application identifier begins with ${JSON.stringify(start)}`);
		const separator = rest.indexOf(GS);
		const length = fixedLengthOf(start) ?? (separator < 0 ? rest.length : separator);
		const element = { ai: rest.slice(0, digits), value: rest.slice(digits, length) };
		if (!/^\d+$/.test(element.ai) || element.value === "") throw invalid(`(${element.ai}) says nothing`);
		if (rest.length < length || element.value.includes(GS)) throw invalid(`(${element.ai}) is cut off`);
		checkElement(element);
		elements.push(element);
		rest = rest.slice(length);
		// A separator behind an element of fixed length is needless but allowed.
		if (rest.startsWith(GS)) rest = rest.slice(1);
	}
	return elements;
}

/** The element string of these elements, in their order, with separators where they are needed. Throws a BarcodeError. */
export function encodeElements(elements: readonly Element[]): string {
	return elements
		.map((element, index) => {
			checkElement(element);
			const needsSeparator = fixedLengthOf(element.ai.slice(0, 2)) === undefined && index < elements.length - 1;
			return `${element.ai}${element.value}${needsSeparator ? GS : ""}`;
		})
		.join("");
}
