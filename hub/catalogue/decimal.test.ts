import { formatAmount } from "@kassahub/contracts/money.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { integerOf } from "./decimal.ts";

describe("a price in a file", () => {
	test("is read back to the cent, with a point or a comma", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
				fc.constantFrom("nl", "en"),
				(cents, language) => {
					expect(integerOf(formatAmount(cents, language as "nl" | "en"), 2)).toBe(cents);
				},
			),
		);
	});

	test("is never rounded: what has a third decimal that counts is refused", () => {
		fc.assert(
			fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 9 }), (cents, third) => {
				expect(integerOf(`${formatAmount(cents, "en")}${third}`, 2)).toHaveProperty("message");
				expect(integerOf(`${formatAmount(cents, "en")}000`, 2)).toBe(cents);
			}),
		);
	});

	test.for([
		["2", 200],
		["2,9", 290],
		["0.07", 7],
		[" 2,99 ", 299],
		["+1.00", 100],
		["-0,00", 0],
		["1.10", 110],
		["4.35", 435],
	] as const)("%s is %i cents", ([text, cents]) => expect(integerOf(text, 2)).toBe(cents));

	test.for(["", "2.", ".5", "1.234,56", "1e3", "€ 2,99", "2,99-", "0x10", "１", "NaN", "12345678901234567890"])(
		"%j is refused, not guessed",
		(text) => expect(integerOf(text, 2)).toHaveProperty("message"),
	);
});

test("a quantity has three decimals, a rate two", () => {
	expect(integerOf("38,5", 3)).toBe(38_500);
	expect(integerOf("9", 2)).toBe(900);
});
