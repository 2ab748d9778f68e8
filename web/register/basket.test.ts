import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { arithmeticFaults } from "@kassahub/contracts/sale-arithmetic.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
	addProduct,
	type Basket,
	basketTotal,
	changeQuantity,
	discountLine,
	EMPTY_BASKET,
	itemCount,
	percentOff,
	refundableLines,
	refundBasket,
	removeLine,
} from "./basket.ts";
import { completeSale, dueFor, givenBack } from "./checkout.ts";

const cola: Product = { sku: "9001", name: "Cola", group: "fris", unit: "pcs", unitPrice: 199, vatRate: 900 };
const elstar: Product = { sku: "4002", name: "Elstar", group: "fruit", unit: "kg", unitPrice: 299, vatRate: 900 };
const by = { id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10", register: "kassa-1", at: "2026-11-23T10:15:00.000+01:00" };

const full = fc
	.array(
		fc.record({
			product: fc.record({
				sku: fc.constantFrom("1", "2", "3"),
				name: fc.constant("x"),
				group: fc.constant("g"),
				unit: fc.constantFrom("pcs" as const, "kg" as const),
				unitPrice: fc.integer({ min: 0, max: 100_000 }),
				vatRate: fc.constantFrom(0, 900, 2100),
			}),
			quantity: fc.integer({ min: 1, max: 50_000 }),
			percent: fc.constantFrom(0, 0, 10, 33, 100),
		}),
		{ minLength: 1, maxLength: 12 },
	)
	.map((picks): Basket => {
		let basket = EMPTY_BASKET;
		for (const [index, pick] of picks.entries()) {
			const quantity = pick.product.unit === "pcs" ? pick.quantity * 1000 : pick.quantity;
			basket = addProduct(basket, pick.product, quantity, String(index));
			const line = basket.lines.find((one) => one.key === String(index));
			if (line && pick.percent > 0) basket = discountLine(basket, line.key, percentOff(line, pick.percent));
		}
		return basket;
	});

test("pieces of the same product gather on one line, weighings stay apart", () => {
	let basket = addProduct(EMPTY_BASKET, cola, 1000, "a");
	basket = addProduct(basket, cola, 1000, "b");
	basket = addProduct(basket, elstar, 1250, "c");
	basket = addProduct(basket, elstar, 300, "d");
	expect(basket.lines.map((line) => [line.sku, line.quantity])).toEqual([
		["9001", 2000],
		["4002", 1250],
		["4002", 300],
	]);
	expect(itemCount(basket)).toBe(4);
	expect(basketTotal(basket)).toBe(398 + 374 + 90);
});

test("a discounted line is left alone when the product is added again at full price", () => {
	let basket = discountLine(addProduct(EMPTY_BASKET, cola, 1000, "a"), "a", 50);
	basket = addProduct(basket, cola, 1000, "b");
	expect(basket.lines.map((line) => line.discount)).toEqual([50, 0]);
});

test("a discount keeps its share when the quantity changes, and never exceeds the price", () => {
	let basket = discountLine(addProduct(EMPTY_BASKET, cola, 2000, "a"), "a", 40);
	basket = changeQuantity(basket, "a", 4000);
	expect(basket.lines[0]?.discount).toBe(80);
	expect(basketTotal(discountLine(basket, "a", 99_999))).toBe(0);
});

test("a line taken to zero is gone, and an empty basket names no refund", () => {
	const basket = addProduct(EMPTY_BASKET, cola, 1000, "a");
	expect(changeQuantity(basket, "a", 0)).toEqual(EMPTY_BASKET);
	expect(removeLine({ ...basket, refundOf: by.id }, "a")).toEqual(EMPTY_BASKET);
});

test("every sale that a basket becomes adds up, in cash and by pin", () => {
	fc.assert(
		fc.property(full, fc.nat(10_000), (basket, over) => {
			const cash = completeSale(basket, { method: "cash", tendered: dueFor(basket, "cash").due + over }, by);
			expect(arithmeticFaults(cash)).toEqual([]);
			expect(arithmeticFaults(completeSale(basket, { method: "pin" }, by))).toEqual([]);
		}),
	);
});

test("cash is rounded to five cents and change follows from what was handed over", () => {
	const basket = addProduct(EMPTY_BASKET, elstar, 1250, "a");
	const sale = completeSale(basket, { method: "cash", tendered: 500 }, by);
	expect(sale).toMatchObject({ total: 374, rounding: 1, payments: [{ amount: 375, tendered: 500, change: 125 }] });
	expect(givenBack(sale)).toBe(125);
	expect(() => completeSale(basket, { method: "cash", tendered: 370 }, by)).toThrow(RangeError);
});

test("a weight typed by hand says so on the receipt", () => {
	const basket = addProduct(EMPTY_BASKET, elstar, 1250, "a", true);
	expect(completeSale(basket, { method: "pin" }, by).lines[0]?.name).toBe("Elstar (handmatig)");
});

test("a whole refund is the exact mirror of its sale", () => {
	fc.assert(
		fc.property(full, (basket) => {
			const sale = completeSale(basket, { method: "cash" }, by);
			const chosen = refundableLines(sale, []).map((refundable) => ({ refundable, quantity: refundable.quantity }));
			const refund = completeSale(refundBasket(sale.id, chosen, String), { method: "cash" }, { ...by, id: "r" });
			expect(arithmeticFaults(refund)).toEqual([]);
			expect(refund.refundOf).toBe(sale.id);
			expect(refund.total + sale.total).toBe(0);
			expect(refund.rounding + sale.rounding).toBe(0);
		}),
	);
});

test("nothing is refunded twice: refunds in parts end at what was sold and what was paid", () => {
	fc.assert(
		fc.property(full, fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 }), (basket, shares) => {
			const sale = completeSale(basket, { method: "pin" }, by);
			const refunds: Sale[] = [];
			for (const share of [...shares, 100]) {
				const chosen = refundableLines(sale, refunds).map((refundable) => ({
					refundable,
					quantity: Math.ceil((refundable.quantity * share) / 100),
				}));
				if (chosen.length === 0) break;
				refunds.push(completeSale(refundBasket(sale.id, chosen, String), { method: "pin" }, by));
			}
			expect(refundableLines(sale, refunds)).toEqual([]);
			const discount = (sales: Sale[]) =>
				sales.flatMap((one) => one.lines).reduce((sum, line) => sum + (line.discount ?? 0), 0);
			expect(discount([sale, ...refunds])).toBe(0);
		}),
	);
});
