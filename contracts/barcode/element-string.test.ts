import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Element } from "./application-identifiers.ts";
import { withCheckDigit } from "./check-digit.ts";
import { decodeDigitalLink, encodeDigitalLink } from "./digital-link.ts";
import { decodeElements, encodeElements, GS } from "./element-string.ts";
import { decodeDate } from "./facts.ts";

const gtin = fc.stringMatching(/^\d{13}$/).map((digits) => ({ ai: "01", value: withCheckDigit(digits) }));
const text = (length: number) => fc.stringMatching(new RegExp(`^[!"%-?A-Z_a-z]{1,${length}}$`));
const others = [
	text(20).map((value) => ({ ai: "10", value })),
	text(20).map((value) => ({ ai: "21", value })),
	text(20).map((value) => ({ ai: "22", value })),
	text(30).map((value) => ({ ai: "240", value })),
	fc.stringMatching(/^\d{6}$/).map((value) => ({ ai: "17", value })),
	fc.stringMatching(/^\d{6}$/).map((value) => ({ ai: "3103", value })),
	fc.stringMatching(/^\d{1,15}$/).map((value) => ({ ai: "3922", value })),
	fc.stringMatching(/^\d{12}$/).map((digits) => ({ ai: "410", value: withCheckDigit(digits) })),
	text(90).map((value) => ({ ai: "91", value })),
];
const elements: fc.Arbitrary<Element[]> = fc
	.tuple(
		gtin,
		fc.shuffledSubarray(others).chain((chosen) => fc.tuple(...chosen)),
	)
	.map(([first, rest]) => [first, ...rest]);

test("any elements come back from an element string as they went in, with or without the leading FNC1", () => {
	fc.assert(
		fc.property(elements, (some) => {
			expect(decodeElements(encodeElements(some))).toEqual(some);
			expect(decodeElements(GS + encodeElements(some))).toEqual(some);
		}),
	);
});

test("any elements come back from a Digital Link", () => {
	const byAi = (some: readonly Element[] = []): Element[] => some.toSorted((a, b) => a.ai.localeCompare(b.ai));
	fc.assert(
		fc.property(elements, (some) => {
			expect(byAi(decodeDigitalLink(encodeDigitalLink(some)))).toEqual(byAi(some));
		}),
	);
});

describe("element strings", () => {
	test("37, 390 to 395 and 8005 end at a separator; 31, 41 and dates don't need one", () => {
		const string = `020871234500001141087123450000113712${GS}310300045617261231`;
		expect(decodeElements(string)).toEqual([
			{ ai: "02", value: "08712345000011" },
			{ ai: "410", value: "8712345000011" },
			{ ai: "37", value: "12" },
			{ ai: "3103", value: "000456" },
			{ ai: "17", value: "261231" },
		]);
	});

	test("an AI that a shop has no use for is passed over, whatever it says", () => {
		expect(decodeElements(`70032612311200${GS}10A`)).toEqual([
			{ ai: "7003", value: "2612311200" },
			{ ai: "10", value: "A" },
		]);
	});

	test.each(["", "05123", "14123", "3x", `10${GS}`, "10AB\n", "01", "110", `3103000${GS}456`, `10A${GS}${GS}21B`])(
		"%j breaks the standard",
		(string) => {
			expect(() => decodeElements(string)).toThrow(/SCAN_GS1_INVALID/);
		},
	);
});

describe("Digital Links", () => {
	test.each([
		["http://winkel.nl/pad/01/8712345000011", [{ ai: "01", value: "08712345000011" }]],
		[
			"HTTPS://ID.GS1.ORG/01/08712345000011/10/A%2FB/?3103=000456&linkType=gs1:pip#top",
			[
				{ ai: "01", value: "08712345000011" },
				{ ai: "10", value: "A/B" },
				{ ai: "3103", value: "000456" },
			],
		],
	])("%s", (url, expected) => {
		expect(decodeDigitalLink(url)).toEqual(expected);
	});
});

describe("dates of two digits a year", () => {
	test.each([
		["261231", 2026, "2026-12-31"],
		["260200", 2026, "2026-02-28"],
		["280200", 2026, "2028-02-29"],
		["760101", 2026, "2076-01-01"],
		["770101", 2026, "1977-01-01"],
		["000131", 2099, "2100-01-31"],
	])("%s seen in %i is %s", (value, year, date) => {
		expect(decodeDate(value, year)).toBe(date);
	});

	test.each(["261301", "260001", "260230", "269999"])("%s is refused", (value) => {
		expect(() => decodeDate(value, 2026)).toThrow(/SCAN_GS1_INVALID/);
	});
});
