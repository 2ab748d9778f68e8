import type { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import { cashMovement } from "@kassahub/contracts/cash-movement.ts";
import { type Product, productExample } from "@kassahub/contracts/product.ts";
import { type Sale, sale } from "@kassahub/contracts/sale.ts";
import { type StockMovement, stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { vatTable } from "@kassahub/contracts/vat.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { catalogueVersion, changedSince, saleFlags } from "./catalogue.ts";
import { RECENT_MAX, recentNumbers, rememberSale } from "./recent.ts";
import { applyEntry, emptyState, type FoldEntry, noChanges, type ShopState, stateFrom, stateText } from "./state.ts";
import { stockLevel } from "./stock.ts";
import { turnoverOf } from "./turnover.ts";

const AT = "2026-11-23T10:15:00.120+01:00";
const sold = (changes: Partial<Sale> = {}) => ({ kind: "sale", payload: { ...sale.example, ...changes } }) as const;
const cash = (type: CashMovement["type"], amount: number) =>
	({ kind: "cash", payload: { ...cashMovement.example, type, amount } }) as const;
const stock = (type: StockMovement["type"], quantity: number) =>
	({ kind: "stock", payload: { ...stockMovement.example, type, quantity } }) as const;
const product = (changes: Partial<Product> = {}) =>
	({ kind: "product", payload: { ...productExample, ...changes } }) as const;

function fold(...events: Pick<FoldEntry, "kind" | "payload">[]): ShopState {
	const state = emptyState();
	for (const [index, event] of events.entries()) {
		applyEntry(state, { number: index + 1, at: AT, ...event }, noChanges());
	}
	return state;
}

const quantityOf = (state: ShopState) => stockLevel(state.stock, state.catalogue, "4002")?.here.quantity;

test("sales take from stock, refunds put back, a count becomes the level", () => {
	const refund = sold({ lines: [{ ...sale.example.lines[0]!, quantity: -1000 }] });
	expect(quantityOf(fold(stock("receive", 12_000), sold()))).toBe(10_750);
	expect(quantityOf(fold(stock("receive", 12_000), refund))).toBe(13_000);
	expect(quantityOf(fold(stock("receive", 12_000), stock("count", 500), sold()))).toBe(-750);
	expect(quantityOf(fold(stock("adjust", -30), stock("transfer", 100)))).toBe(70);
});

test("waste is always taken away, whatever its sign", () => {
	expect(quantityOf(fold(stock("waste", 40), stock("waste", -40)))).toBe(-80);
});

test("a level says after which entry it is true, and in the catalogue's unit", () => {
	const state = fold(product({ unit: "pcs" }), sold());
	expect(stockLevel(state.stock, state.catalogue, "4002")).toEqual({
		sku: "4002",
		unit: "pcs",
		here: { quantity: -1250, at: AT, number: 2 },
		elsewhere: [],
	});
	expect(stockLevel(state.stock, state.catalogue, "nothing")).toBeUndefined();
});

test("the drawer holds the float, cash sales and movements; a count shows the difference once", () => {
	const drawerAfter = (...events: Parameters<typeof fold>) => fold(...events).drawers.get("kassa-1");
	expect(drawerAfter(cash("float", 15_000), sold())).toMatchObject({ expected: 15_375, isOpen: true });
	expect(drawerAfter(cash("float", 15_000), cash("pay-in", 500), cash("pay-out", 2000))).toMatchObject({
		expected: 13_500,
	});
	expect(drawerAfter(cash("float", 15_000), sold(), cash("count", 15_370))).toEqual({
		register: "kassa-1",
		expected: 15_370,
		lastDifference: -5,
		isOpen: true,
	});
	expect(drawerAfter(cash("float", 15_000), cash("day-close", 10_000))).toMatchObject({
		expected: 10_000,
		isOpen: false,
	});
	expect(drawerAfter(sold({ payments: [{ method: "pin", amount: 374 }], rounding: 0 }))).toBeUndefined();
});

test("a refund counts as one and lowers the day", () => {
	const refund = sold({
		refundOf: sale.example.id,
		lines: [{ ...sale.example.lines[0]!, quantity: -1250, total: -374 }],
		payments: [{ method: "cash", amount: -375 }],
		rounding: -1,
		total: -374,
	});
	expect(turnoverOf(fold(sold(), refund).days, "2026-11-23")).toMatchObject({
		sales: 1,
		refunds: 1,
		total: 0,
		rounding: 0,
		byVatRate: [{ vatRate: 900, net: 0, vat: 0, total: 0 }],
		byMethod: [{ method: "cash", amount: 0 }],
	});
});

test("a sale counts on the day its register made it, in the group the product then had", () => {
	const late = sold({ at: "2026-11-22T23:59:00.000+01:00" });
	const state = fold(sold(), product(), late, product({ group: "fruit" }), late);
	expect(turnoverOf(state.days, "2026-11-23").byGroup).toEqual([{ group: "unknown", total: 374 }]);
	expect(turnoverOf(state.days, "2026-11-22").byGroup).toEqual([
		{ group: "fruit", total: 374 },
		{ group: "groente-fruit", total: 374 },
	]);
	expect(turnoverOf(state.days, "2026-11-24")).toMatchObject({ sales: 0, total: 0, byVatRate: [] });
});

test("a day is the sum of its receipts, to the cent", () => {
	const lines = fc.array(
		fc.record({ vatRate: fc.constantFrom(0, 900, 2100), total: fc.integer({ min: -100_000, max: 100_000 }) }),
		{ minLength: 1, maxLength: 8 },
	);
	fc.assert(
		fc.property(fc.array(lines, { maxLength: 20 }), (receipts) => {
			const sales = receipts.map((receipt) => {
				const total = receipt.reduce((sum, line) => sum + line.total, 0);
				return sold({
					lines: receipt.map((line) => ({ ...sale.example.lines[0]!, ...line })),
					total,
					payments: [{ method: "pin", amount: total }],
					rounding: 0,
				});
			});
			const day = turnoverOf(fold(...sales).days, "2026-11-23");
			const vat = sales.flatMap((event) => vatTable(event.payload.lines)).reduce((sum, row) => sum + row.vat, 0);
			expect(day.byVatRate.reduce((sum, row) => sum + row.total, 0)).toBe(day.total);
			expect(day.byVatRate.reduce((sum, row) => sum + row.vat, 0)).toBe(vat);
			expect(day.byGroup.reduce((sum, row) => sum + row.total, 0)).toBe(day.total);
			expect(day.byMethod.reduce((sum, row) => sum + row.amount, 0)).toBe(day.total);
			for (const row of day.byVatRate) expect(row.net + row.vat).toBe(row.total);
		}),
	);
});

test("the catalogue's version is the number of its last change, and says what came since", () => {
	const { catalogue } = fold(product(), product({ sku: "4711" }), product({ unitPrice: 319 }));
	expect(catalogueVersion(catalogue)).toEqual({ version: 3, products: 2 });
	expect(changedSince(catalogue, 0).map(({ sku }) => sku)).toEqual(["4711", "4002"]);
	expect(changedSince(catalogue, 2)).toEqual([{ ...productExample, unitPrice: 319 }]);
	expect(saleFlags(catalogue, sale.example)).toEqual(["PRICE_DIFFERS:4002"]);
	expect(saleFlags(catalogue, sold({ lines: [{ ...sale.example.lines[0]!, sku: "constructor" }] }).payload)).toEqual([
		"UNKNOWN_PRODUCT:constructor",
	]);
});

test("only so many recent sales are remembered, the newest", () => {
	const recent = new Map<string, number[]>();
	for (let number = 1; number <= 1000; number++) rememberSale(recent, "kassa-1", number);
	expect(recentNumbers(recent, "kassa-1", 1000)).toHaveLength(RECENT_MAX);
	expect(recentNumbers(recent, undefined, 3)).toEqual([1000, 999, 998]);
	expect(recent.get("kassa-1")?.length).toBeLessThan(2 * RECENT_MAX);
});

test("a state survives being written down", () => {
	const state = fold(product(), stock("receive", 12_000), cash("float", 15_000), sold(), sold({ register: "kassa-2" }));
	expect(stateFrom(stateText(state))).toEqual(state);
	expect(stateText(stateFrom(stateText(state)))).toBe(stateText(state));
});
