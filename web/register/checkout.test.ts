import { arithmeticFaults } from "@kassahub/contracts/sale-arithmetic.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Basket } from "./basket.ts";
import { completeSale, dueFor } from "./checkout.ts";

const by = { id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10", register: "kassa-1", at: "2026-11-23T10:15:00.000+01:00" };

const basketOf = (total: number): Basket => ({
	lines: [
		{
			key: "a",
			sku: "4711",
			name: "Kaas",
			quantity: total < 0 ? -1000 : 1000,
			unit: "pcs",
			unitPrice: Math.abs(total),
			vatRate: 900,
			discount: 0,
			isManualWeight: false,
			isRefund: total < 0,
		},
	],
});
const total = fc.integer({ min: -100_000, max: 100_000 });
const parts = fc.array(fc.record({ amount: fc.integer({ min: -100_000, max: 100_000 }), paymentId: fc.uuid() }), {
	maxLength: 4,
});
const method = fc.constantFrom("cash" as const, "pin" as const);

test("payments add up to the total and its rounding, whatever a terminal approved before", () => {
	fc.assert(
		fc.property(total, parts, method, (cents, paid, how) => {
			const sale = completeSale(basketOf(cents), { method: how }, by, paid);
			expect(sale.payments.reduce((sum, { amount }) => sum + amount, 0)).toBe(sale.total + sale.rounding);
			expect(arithmeticFaults(sale)).toEqual([]);
		}),
	);
});

test("only what is left is rounded, and only in cash", () => {
	const paid = [{ amount: 1000, paymentId: "p1" }];
	const sale = completeSale(basketOf(1997), { method: "cash", tendered: 2000 }, by, paid);
	expect(sale.payments).toEqual([
		{ method: "pin", amount: 1000, paymentId: "p1" },
		{ method: "cash", amount: 995, tendered: 2000, change: 1005 },
	]);
	expect(sale.rounding).toBe(-2);
	expect(dueFor(basketOf(1997), "pin", paid)).toEqual({ total: 1997, due: 997, rounding: 0 });
});

test("a sale that a terminal paid in full has that payment alone, unrounded", () => {
	const sale = completeSale(basketOf(1997), { method: "pin" }, by, [{ amount: 1997, paymentId: "p1" }]);
	expect(sale).toMatchObject({ rounding: 0, payments: [{ method: "pin", amount: 1997, paymentId: "p1" }] });
	expect(sale.payments).toHaveLength(1);
});
