import fc from "fast-check";
import { expect, test } from "vitest";
import { productExample } from "../product.ts";
import { hasValidCheckDigit } from "./check-digit.ts";

test("a GS1 check digit tells a right code from one with a wrong or swapped digit", () => {
	for (const code of ["96385074", "036000291452", "4006381333931", "10012345678902", ...(productExample.eans ?? [])]) {
		expect(hasValidCheckDigit(code), code).toBe(true);
	}
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 9 }), (place, step) => {
			const digits = [..."4006381333931"];
			digits[place] = String((Number(digits[place]) + step) % 10);
			expect(hasValidCheckDigit(digits.join(""))).toBe(false);
		}),
	);
});
