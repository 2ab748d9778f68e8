import fc from "fast-check";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { errors } from "./errors.ts";
import { QUANTITY_MAX } from "./fields.ts";
import { lineTotal } from "./money.ts";
import { Sale, sale } from "./sale.ts";
import { arithmeticFaults, cashDue } from "./sale-arithmetic.ts";

const isSale = Compile(Sale);
const line = fc
	.record({
		quantity: fc.integer({ min: -QUANTITY_MAX, max: QUANTITY_MAX }),
		unitPrice: fc.integer({ min: 0, max: 100_000 }),
		vatRate: fc.constantFrom(0, 900, 2100),
		discount: fc.integer({ min: 0, max: 1000 }),
	})
	.map((fields) => ({ sku: "4002", name: "Elstar", unit: "kg" as const, ...fields, total: lineTotal(fields) }));

/** Sales that a right register makes, paid in cash. */
const rightSale = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines): Sale => {
	const total = lines.reduce((sum, { total }) => sum + total, 0);
	const { due, rounding } = cashDue(total);
	return { ...sale.example, lines, total, rounding, payments: [{ method: "cash", amount: due }] };
});

const codesOf = (changes: Partial<Sale>) =>
	arithmeticFaults({ ...sale.example, ...changes }).map(({ field, code }) => `${field} ${code}`);

test("the sample sale of the design is valid and adds up", () => {
	expect(isSale.Check(sale.example)).toBe(true);
	expect(arithmeticFaults(sale.example)).toEqual([]);
});

test("a sale that was summed by the rules has no faults, and neither has its refund", () => {
	fc.assert(
		fc.property(rightSale, (right) => {
			expect(arithmeticFaults(right)).toEqual([]);
			expect(isSale.Check(right)).toBe(true);
			const refund = {
				...right,
				lines: right.lines.map((each) => ({
					...each,
					quantity: -each.quantity,
					discount: -(each.discount ?? 0),
					total: -each.total,
				})),
				payments: right.payments.map((each) => ({ ...each, amount: -each.amount })),
				rounding: -right.rounding,
				total: -right.total,
			};
			expect(arithmeticFaults(refund)).toEqual([]);
		}),
	);
});

test("one cent off anywhere is found", () => {
	fc.assert(
		fc.property(rightSale, fc.constantFrom(-1, 1), fc.nat(), (right, cent, at) => {
			const index = at % right.lines.length;
			const lines = right.lines.map((each, place) => (place === index ? { ...each, total: each.total + cent } : each));
			expect(arithmeticFaults({ ...right, lines }).map(({ field }) => field)).toContain(`/lines/${index}/total`);
			expect(arithmeticFaults({ ...right, total: right.total + cent })).not.toEqual([]);
			const payments = right.payments.map((each) => ({ ...each, amount: each.amount + cent }));
			expect(arithmeticFaults({ ...right, payments })).toMatchObject([{ code: "PAYMENTS_WRONG" }]);
		}),
	);
});

test("each kind of fault has its own code, in the table of errors", () => {
	expect(codesOf({ total: 375 })).toEqual(["/total SALE_TOTAL_WRONG", "/payments PAYMENTS_WRONG"]);
	expect(codesOf({ payments: [{ method: "pin", amount: 375 }] })).toEqual(["/rounding ROUNDING_WITHOUT_CASH"]);
	expect(codesOf({ payments: [{ method: "cash", amount: 375, tendered: 500, change: 120 }] })).toEqual([
		"/payments/0/amount CHANGE_WRONG",
	]);
	expect(codesOf({ payments: [{ method: "cash", amount: 375, tendered: 500, change: 125 }] })).toEqual([]);
	for (const { code } of arithmeticFaults({
		...sale.example,
		total: 1,
		lines: [{ ...sale.example.lines[0]!, total: 2 }],
	})) {
		expect(errors).toHaveProperty(code);
	}
});
