import fc from "fast-check";
import { expect, test } from "vitest";
import { centsOf, majorUnits } from "./amounts.ts";

test("every amount of cents comes back as it went, as text and as a JSON number", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 100_000_000_000 }), (cents) => {
			expect(centsOf(majorUnits(cents))).toBe(cents);
			const throughJson = JSON.parse(JSON.stringify(Number(majorUnits(cents)))) as number;
			expect(centsOf(String(throughJson))).toBe(cents);
		}),
	);
});

test.each([
	["19.95", 1995],
	["39.5", 3950],
	["12", 1200],
	["0.07", 7],
	[" 25.00 ", 2500],
	["19.9500", 1995],
])("reads %s as %i cents", (text, cents) => {
	expect(centsOf(text)).toBe(cents);
});

test.each(["", "19,95", "19.951", "-1.00", "1e3", "19.95 EUR", "0x10", "NaN", ".5", "19."])(
	"%j is no amount, rather than a plausible one",
	(text) => {
		expect(centsOf(text)).toBeUndefined();
	},
);

test("any text gives whole cents or nothing", () => {
	fc.assert(
		fc.property(fc.string(), (text) => {
			const cents = centsOf(text);
			expect(cents === undefined || Number.isSafeInteger(cents)).toBe(true);
		}),
	);
});
