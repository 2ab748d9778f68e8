import fc from "fast-check";
import { expect, test } from "vitest";
import { vatTable, vatWithin } from "./vat.ts";

const vatRate = fc.constantFrom(0, 900, 2100, 10_000);
const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const lines = fc.array(fc.record({ vatRate, total: cents }), { maxLength: 30 });

test("the VAT within a price is that of the Dutch rates, to the cent", () => {
	expect(vatWithin(374, 900)).toBe(31);
	expect(vatWithin(12_100, 2100)).toBe(2100);
	expect(vatWithin(100, 0)).toBe(0);
	expect(vatWithin(-374, 900)).toBe(-31);
});

test("a VAT table adds up, row by row and as a whole, by ascending rate", () => {
	fc.assert(
		fc.property(lines, (lines) => {
			const table = vatTable(lines);
			for (const row of table) expect(row.net + row.vat).toBe(row.total);
			const total = lines.reduce((sum, line) => sum + line.total, 0);
			expect(table.reduce((sum, row) => sum + row.total, 0)).toBe(total);
			const rates = table.map((row) => row.vatRate);
			expect(rates).toEqual([...new Set(rates)].sort((a, b) => a - b));
		}),
	);
});

test("VAT is exact over the whole range of a sale", () => {
	fc.assert(
		fc.property(fc.integer({ min: -900_000_000_000, max: 900_000_000_000 }), vatRate, (amount, rate) => {
			// |vat − amount × rate / (10000 + rate)| ≤ ½, in integers without a size.
			const error = 2n * (BigInt(vatWithin(amount, rate)) * BigInt(10_000 + rate) - BigInt(amount) * BigInt(rate));
			expect(error <= BigInt(10_000 + rate) && error >= -BigInt(10_000 + rate)).toBe(true);
		}),
	);
});

test("the order of lines does not matter, and a refund has the mirror of the sale's VAT", () => {
	fc.assert(
		fc.property(lines, (lines) => {
			expect(vatTable([...lines].reverse())).toEqual(vatTable(lines));
			const refund = vatTable(lines.map((line) => ({ ...line, total: -line.total })));
			for (const [index, row] of vatTable(lines).entries()) expect((refund[index]?.vat ?? 0) + row.vat).toBe(0);
		}),
	);
});
