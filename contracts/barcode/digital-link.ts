import { checkElement, digitsOfAi, type Element } from "./application-identifiers.ts";
import { BarcodeError } from "./barcode-error.ts";
import { hasValidCheckDigit } from "./check-digit.ts";

/** What may follow a GTIN in the path, in this order (GS1 Digital Link: URI Syntax). */
const qualifiers = ["22", "10", "21"];

const invalid = (detail: string): BarcodeError => new BarcodeError("SCAN_GS1_INVALID", detail);

/**
 * Reads a GS1 Digital Link to an article, on whatever host; undefined for any other address or text. Nothing is ever
 * fetched from it. Older links have GTINs of 8, 12 or 13 digits. Throws a BarcodeError.
 */
export function decodeDigitalLink(scanned: string): Element[] | undefined {
	// Not by URL: it would take a batch named ".." for a step back.
	const [, path = "", query = ""] = /^https?:\/\/[^/?#]+([^?#]*)\??([^#]*)/i.exec(scanned) ?? [];
	const steps = path.split("/").slice(1);
	const key = steps.findIndex((step, index) => step === "01" && /^(\d{8}|\d{12,14})$/.test(steps[index + 1] ?? ""));
	const gtin = steps[key + 1];
	if (key < 0 || gtin === undefined) return undefined;
	// Any site may have eight digits behind /01/: without their check digit they are no GTIN, but no broken one either.
	if (gtin.length < 14 && !hasValidCheckDigit(gtin)) return undefined;
	const elements: Element[] = [{ ai: "01", value: gtin.padStart(14, "0") }];
	let reached = -1;
	const rest = steps.slice(key + 2);
	if (rest.at(-1) === "") rest.pop();
	for (let index = 0; index < rest.length; index += 2) {
		const ai = rest[index] ?? "";
		const place = qualifiers.indexOf(ai);
		if (place <= reached) throw invalid(`${ai} may not stand there in the path`);
		reached = place;
		elements.push({ ai, value: decodeValue(rest[index + 1] ?? "") });
	}
	for (const pair of query.split("&")) {
		const [name = "", value = ""] = pair.split("=");
		// Other names belong to the site.
		if (/^\d+$/.test(name) && digitsOfAi(name.slice(0, 2)) === name.length) {
			elements.push({ ai: name, value: decodeValue(value) });
		}
	}
	for (const element of elements) {
		if (element.value === "") throw invalid(`(${element.ai}) says nothing`);
		checkElement(element);
	}
	return elements;
}

function decodeValue(value: string): string {
	try {
		return decodeURIComponent(value);
	} catch {
		throw invalid("a value is no valid percent encoding");
	}
}

/** The link of elements that begin with a GTIN; its qualifiers go into the path, the rest behind it. */
export function encodeDigitalLink(elements: readonly Element[], host = "id.gs1.org"): string {
	const at = (ai: string): Element | undefined => elements.find((element) => element.ai === ai);
	const path = ["01", ...qualifiers].flatMap((ai) => {
		const element = at(ai);
		return element ? [ai, encodeURIComponent(element.value)] : [];
	});
	const query = elements
		.filter(({ ai }) => ai !== "01" && !qualifiers.includes(ai))
		.map(({ ai, value }) => `${ai}=${encodeURIComponent(value)}`);
	return `https://${host}/${path.join("/")}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}
