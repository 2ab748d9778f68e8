import fc from "fast-check";
import { expect, test } from "vitest";
import { PRICE_MAX, QUANTITY_MAX } from "./fields.ts";
import { divideRounded, formatAmount, formatQuantity, lineTotal, roundToFiveCents } from "./money.ts";

/** The rule again, in integers without a size: half away from zero. */
function dividedExactly(numerator: bigint, denominator: bigint): bigint {
	const magnitude = numerator < 0n ? -numerator : numerator;
	const rounded = (2n * magnitude + denominator) / (2n * denominator);
	return numerator < 0n ? -rounded : rounded;
}

const quantity = fc.integer({ min: -QUANTITY_MAX, max: QUANTITY_MAX });
const unitPrice = fc.integer({ min: 0, max: PRICE_MAX });
const discount = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

test("a line's total is exact over the whole range of the contract", () => {
	fc.assert(
		fc.property(quantity, unitPrice, discount, (quantity, unitPrice, discount) => {
			const exact = dividedExactly(BigInt(quantity) * BigInt(unitPrice), 1000n) - BigInt(discount);
			expect(BigInt(lineTotal({ quantity, unitPrice, discount }))).toBe(exact);
		}),
		{
			numRuns: 2000,
			examples: [
				[QUANTITY_MAX, PRICE_MAX, 0],
				[-QUANTITY_MAX, PRICE_MAX, 0],
				[1250, 299, 0],
				[500, 1, 0],
				[-500, 1, 0],
			],
		},
	);
});

test("a refund is the exact mirror of its sale", () => {
	fc.assert(
		fc.property(quantity, unitPrice, discount, (quantity, unitPrice, discount) => {
			const sold = lineTotal({ quantity, unitPrice, discount });
			expect(lineTotal({ quantity: -quantity, unitPrice, discount: -discount }) + sold).toBe(0);
		}),
	);
});

test("division rounds half away from zero and never gives a negative zero", () => {
	expect([5, -5, 4, -4, 0].map((numerator) => divideRounded(numerator, 10))).toEqual([1, -1, 0, 0, 0]);
	expect([2, -2, 3, -3, 7, 8, -8].map(roundToFiveCents)).toEqual([0, 0, 5, -5, 5, 10, -10]);
});

test("cash is rounded to a multiple of five, at most two cents away, and alike below zero", () => {
	fc.assert(
		fc.property(fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }), (cents) => {
			const rounded = roundToFiveCents(cents);
			expect(Math.abs(rounded % 5)).toBe(0);
			expect(Math.abs(rounded - cents)).toBeLessThanOrEqual(2);
			expect(roundToFiveCents(-cents) + rounded).toBe(0);
		}),
	);
});

test("amounts and quantities are written as the shop shows them", () => {
	expect([1295, 5, -5, 0, 100_000].map((cents) => formatAmount(cents))).toEqual([
		"12,95",
		"0,05",
		"-0,05",
		"0,00",
		"1000,00",
	]);
	expect(formatAmount(1295, "en")).toBe("12.95");
	expect(formatQuantity(1250, "kg")).toBe("1,250 kg");
	expect(formatQuantity(-50, "kg", "en")).toBe("-0.050 kg");
	expect(formatQuantity(2000, "pcs")).toBe("2");
	expect(formatQuantity(2500, "pcs")).toBe("2,500");
});

test("an amount that is written can be read back to the cent", () => {
	fc.assert(
		fc.property(fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }), (cents) => {
			const [, sign, whole, fraction] = /^(-?)(\d+)\.(\d\d)$/.exec(formatAmount(cents, "en")) ?? [];
			expect((sign ? -1 : 1) * (Number(whole) * 100 + Number(fraction)) + 0).toBe(cents);
		}),
	);
});
