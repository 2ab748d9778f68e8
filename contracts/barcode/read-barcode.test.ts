import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withCheckDigit } from "./check-digit.ts";
import { defaultLabelRules } from "./label-rules.ts";
import { type BarcodeReading, readBarcode } from "./read-barcode.ts";
import { splitAim } from "./symbology.ts";

/** As a scanner sends it, AIM identifier included. */
const read = (scanned: string, rules = defaultLabelRules): BarcodeReading => {
	const { aim, text } = splitAim(scanned);
	return readBarcode(text, { rules, thisYear: 2026, ...(aim === undefined ? {} : { aim }) });
};

// Codes of the protocol sheet, sections A1 and A4 to A6, and of GS1's own documents.
test.each<[string, BarcodeReading]>([
	["]E08712345000011", { symbology: "ean-13", gtin: "08712345000011" }],
	["8712345000011", { symbology: "ean-13", gtin: "08712345000011" }],
	["]C101087123450000113103000456", { symbology: "gs1-128", gtin: "08712345000011", grams: 456 }],
	[
		"]d201087123450000111726123110AB12\u001d3103000456",
		{ symbology: "gs1-data-matrix", gtin: "08712345000011", expiry: "2026-12-31", batch: "AB12", grams: 456 },
	],
	[
		"]Q1https://id.gs1.org/01/08712345000011/10/AB12?17=261231",
		{ symbology: "qr", gtin: "08712345000011", batch: "AB12", expiry: "2026-12-31" },
	],
	["2112345004563", { symbology: "ean-13", item: "12345", grams: 456 }],
	["2312345001825", { symbology: "ean-13", item: "12345", price: 182 }],
	["2812345004562", { symbology: "ean-13" }],
	["012345000065", { symbology: "upc-a", gtin: "00012345000065" }],
	["]E001234565", { symbology: "upc-e", gtin: "00012345000065" }],
	["]E496385074", { symbology: "ean-8", gtin: "00000096385074" }],
	["]I118712345000018", { symbology: "itf", gtin: "18712345000018" }],
	["]E3871234500001112", { symbology: "ean-13", gtin: "08712345000011" }],
	["]A0KLANT-42", { symbology: "code-39" }],
	["kassahub", {}],
])("reads %s", (scanned, reading) => {
	expect(read(scanned)).toEqual(reading);
});

test.each<[string, string]>([
	["8712345000012", "SCAN_CHECK_DIGIT_WRONG"],
	["]E08712345000012", "SCAN_CHECK_DIGIT_WRONG"],
	["2112345004564", "SCAN_CHECK_DIGIT_WRONG"],
	["]E496385075", "SCAN_CHECK_DIGIT_WRONG"],
	["]C10108712345000012", "SCAN_CHECK_DIGIT_WRONG"],
	["https://id.gs1.org/01/08712345000012", "SCAN_CHECK_DIGIT_WRONG"],
	["]C1010871234500001", "SCAN_GS1_INVALID"],
	["]C10108712345000011310300045", "SCAN_GS1_INVALID"],
	["]C1", "SCAN_GS1_INVALID"],
	["]d201087123450000111726133110AB12", "SCAN_GS1_INVALID"],
	["https://id.gs1.org/01/08712345000011/21/1/10/A", "SCAN_GS1_INVALID"],
	["https://id.gs1.org/01/08712345000011/10/%E0%A4%A", "SCAN_GS1_INVALID"],
])("%s was read and is no code", (scanned, code) => {
	expect(read(scanned)).toMatchObject({ fault: { code } });
	expect(read(scanned)).not.toHaveProperty("gtin");
});

test("a code that may be EAN-8 or UPC-E names no article, until the scanner says which it is", () => {
	expect(read("01234565")).toEqual({});
	expect(read("]E401234565")).toEqual({ symbology: "ean-8" });
	expect(read("]E001234565")).toEqual({ symbology: "upc-e", gtin: "00012345000065" });
});

test("numbers that each shop gives out for itself are no GTIN", () => {
	for (const digits of ["2812345004562", withCheckDigit("020000000001"), withCheckDigit("040000000001")]) {
		expect(read(digits)).not.toHaveProperty("gtin");
		expect(read(digits)).not.toHaveProperty("fault");
	}
});

test("an article of variable measure without a measure that can be counted is no article to sell by the piece", () => {
	expect(read("]C10198712345000014")).toHaveProperty("fault");
	expect(read("]C101987123450000143201000123")).toHaveProperty("fault");
	expect(read("]C101987123450000143103000456")).toMatchObject({ gtin: "98712345000014", grams: 456 });
	expect(read("]C101987123450000143922182")).toMatchObject({ gtin: "98712345000014", price: 182 });
});

describe("weights and prices in GS1 codes", () => {
	const article = "]C10108712345000011";

	test.each([
		["3100000012", { grams: 12_000 }],
		["3103000456", { grams: 456 }],
		["3104004560", { grams: 456 }],
		["392012", { price: 1200 }],
		["3922182", { price: 182 }],
		["39231820", { price: 182 }],
		["3932978182", { price: 182 }],
	])("%s is exact", (element, facts) => {
		expect(read(article + element)).toMatchObject(facts);
	});

	test.each(["3104004567", "39231825", "3932840182", "3920999999999999999", "39221821\u001d3932978999"])(
		"%s is refused, not rounded or guessed",
		(element) => {
			expect(read(article + element)).toMatchObject({ fault: { code: "SCAN_GS1_INVALID" } });
		},
	);

	test("any weight in grams comes back exactly", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 999_999 }), (grams) => {
				expect(read(`${article}3103${String(grams).padStart(6, "0")}`)).toMatchObject({ grams });
			}),
		);
	});
});

test("any EAN-13 outside the restricted ranges is read as its GTIN, and any one wrong digit is found", () => {
	fc.assert(
		fc.property(fc.stringMatching(/^[13-9]\d{11}$/), fc.nat(12), fc.integer({ min: 1, max: 9 }), (digits, at, more) => {
			const code = withCheckDigit(digits);
			expect(read(code)).toEqual({ symbology: "ean-13", gtin: `0${code}` });
			const wrong = code.slice(0, at) + ((Number(code[at]) + more) % 10) + code.slice(at + 1);
			expect(read(wrong)).toHaveProperty("fault");
		}),
	);
});

test("any text at all is a reading or a named fault, never an exception", () => {
	const anything = fc.oneof(
		fc.string({ unit: "binary", maxLength: 80 }),
		fc.string({ unit: fc.constantFrom(..."0123456789\u001d]C1d2https:/?&=%"), maxLength: 60 }),
		fc.stringMatching(/^\](C1|d2|Q3|e0|E0|E4|Q1)[0-9G]{0,60}$/).map((scanned) => scanned.replaceAll("G", "\u001d")),
		fc.stringMatching(/^https:\/\/a\/01\/\d{8,14}[/?=&%0-9a-f]{0,40}$/),
	);
	fc.assert(
		fc.property(anything, (scanned) => {
			const { fault } = read(scanned);
			if (fault) expect(fault.code).toMatch(/^SCAN_/);
		}),
		{ numRuns: 1000 },
	);
});

test("text with separators of another standard is left alone", () => {
	expect(read("[)>\u001e06\u001dP123\u001dQ4\u001e\u0004")).toEqual({});
});

test("an address that is no Digital Link is text", () => {
	for (const url of ["https://kassahub.nl/", "https://a.nl/2024/01/15/kaas", "https://a.nl/01/20241231", "http://"]) {
		expect(read(url)).toEqual({});
	}
});
