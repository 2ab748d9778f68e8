import fc from "fast-check";
import { expect, test } from "vitest";
import { lastFourOf, starCardNumbers, starLongNumbers } from "./card-numbers.ts";

const withCheckDigit = (digits: string): string => {
	for (let check = 0; check < 10; check++) {
		if (starCardNumbers(`${digits}${check}`) !== `${digits}${check}`) return `${digits}${check}`;
	}
	throw new Error("no digit passes the Luhn check");
};
const cardNumber = fc
	.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 })
	.map((digits) => withCheckDigit(digits.join("")));
const grouped = (number: string, separator: string): string => number.replace(/(\d{4})(?=\d)/g, `$1${separator}`);

test("no card number outlives the recorder's stars, however it is grouped and whatever stands around it", () => {
	const separator = fc.constantFrom("", " ", "-", ".", "+", "%20", "%2d", "&#32;");
	fc.assert(
		fc.property(fc.string(), cardNumber, separator, fc.string(), (before, number, between, after) => {
			const text = before + grouped(number, between) + after;
			const starred = starLongNumbers(text);
			expect(starred).toHaveLength(text.length);
			expect(starred).not.toContain(grouped(number, between));
			expect(starred.replaceAll(/[^\d*]/g, "")).not.toContain(number);
		}),
	);
});

test("the discretionary data of a stripe goes with its number", () => {
	expect(starLongNumbers(";4111111111111111=25121010000012345?")).toBe(";****************=*************2345?");
});

test("a receipt keeps the merchant's own numbers and loses a card's", () => {
	expect(starCardNumbers("Merchant 455600000599")).toBe("Merchant 455600000599");
	expect(starCardNumbers("MID 123456789012345")).toBe("MID 123456789012345");
	expect(starCardNumbers("15-12-2026 4111 1111 1111 1111 12")).toBe("15-12-2026 **** **** **** 1111 12");
	expect(starCardNumbers("Kaart 4111 1111 1111 1111")).toBe("Kaart **** **** **** 1111");
});

test("the known test numbers of the schemes are starred", () => {
	for (const number of ["4111111111111111", "5555555555554444", "378282246310005", "6759649826438453"]) {
		expect(starCardNumbers(number)).toBe("*".repeat(number.length - 4) + number.slice(-4));
	}
});

test("of a terminal's masked number only the last four digits are kept", () => {
	expect(lastFourOf("672667#########3214")).toBe("************3214");
	expect(lastFourOf("541333 **** 9999")).toBe("************9999");
	expect(lastFourOf("XXXXXXXXXX=XXXXXXXXXXX")).toBeUndefined();
	expect(lastFourOf("")).toBeUndefined();
});
