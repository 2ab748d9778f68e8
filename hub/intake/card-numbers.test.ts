import fc from "fast-check";
import { expect, test } from "vitest";
import { holdsCardNumber, maskCardNumbers } from "./card-numbers.ts";

test("test numbers of all issuers are masked but for their last four digits", () => {
	const numbers = [
		"4111111111111111",
		"4222222222222",
		"5555555555554444",
		"2223003122003222",
		"378282246310005",
		"30569309025904",
		"6011111111111117",
		"6759649826438453",
		"6205500000000000004",
	];
	for (const number of numbers) {
		expect(maskCardNumbers(`ref ${number}.`), number).toBe(`ref ${"*".repeat(number.length - 4)}${number.slice(-4)}.`);
	}
});

test("groups, and other numbers around them, do not hide a card number", () => {
	expect(maskCardNumbers("12 4111 1111 1111 1111 12")).toBe("12 **** **** **** 1111 12");
	expect(maskCardNumbers("3782-822463-10005")).toBe("****-******-*0005");
	expect(maskCardNumbers("4111111111111111 5555-5555-5555-4444")).toBe("************1111 ****-****-****-4444");
});

test("receipt numbers, dates, phone numbers and wrong check digits are left alone", () => {
	for (const text of [
		"2026112300017",
		"20261123-000117",
		"+31 20 123 45 67",
		"4111111111111112",
		"8710400000006",
		"123456789012",
		"",
	]) {
		expect(holdsCardNumber(text), text).toBe(false);
	}
});

test("masking twice is masking once, and text without digits stays as it is", () => {
	fc.assert(
		fc.property(fc.string(), (text) => {
			expect(maskCardNumbers(maskCardNumbers(text))).toBe(maskCardNumbers(text));
		}),
	);
	const digitish = fc.string({ unit: fc.constantFrom("4", "1", "5", " ", "-", "a"), maxLength: 60 });
	fc.assert(
		fc.property(digitish, (text) => {
			const masked = maskCardNumbers(text);
			expect(masked.length).toBe(text.length);
			expect(holdsCardNumber(masked)).toBe(false);
		}),
		{ numRuns: 2000 },
	);
});
