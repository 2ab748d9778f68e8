import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bookedPaymentExample } from "@kassahub/contracts/booked-payment.ts";
import { lineTotal } from "@kassahub/contracts/money.ts";
import { paymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { StockMovement } from "@kassahub/contracts/stock-movement.ts";
import fc from "fast-check";
import { pino } from "pino";
import { expect, test } from "vitest";
import { readFigures } from "../cloud/books/figures.ts";
import { saleOf, TestChain } from "../cloud/chain-of-sales.ts";
import { Ledger, TENANT } from "../cloud/ledger.ts";
import { openStore } from "../cloud/store/open.ts";
import { applyEntry, emptyState, noChanges } from "../hub/shop/state.ts";
import { turnoverOf } from "../hub/shop/turnover.ts";

const days = ["2026-11-21", "2026-11-22", "2026-11-23"];
const sku = fc.constantFrom("4002", "1031", "8810", "77");
const vatRate = fc.constantFrom(0, 900, 2100);
const quantity = fc.integer({ min: -5_000, max: 5_000 });

const product: fc.Arbitrary<Product> = fc.record({
	sku,
	name: fc.constant("Elstar"),
	group: fc.constantFrom("fruit", "kaas", "cadeau"),
	unit: fc.constantFrom("kg", "pcs"),
	unitPrice: fc.integer({ min: 0, max: 5_000 }),
	vatRate,
});
const movement: fc.Arbitrary<Omit<StockMovement, "id" | "at">> = fc.record({
	sku,
	type: fc.constantFrom("receive", "count", "adjust", "transfer", "waste"),
	quantity,
});
const line = fc
	.record({ sku, quantity, vatRate, unitPrice: fc.integer({ min: 0, max: 5_000 }) })
	.map((parts) => ({ ...parts, name: "x", unit: "pcs" as const, total: lineTotal(parts) }));
const sale: fc.Arbitrary<Sale> = fc
	.record({
		lines: fc.array(line, { minLength: 1, maxLength: 5 }),
		register: fc.constantFrom("kassa-1", "kassa-2"),
		at: fc.tuple(fc.constantFrom(...days), fc.integer({ min: 0, max: 23 })),
		isRefund: fc.boolean(),
		rounding: fc.integer({ min: -2, max: 2 }),
		method: fc.constantFrom("cash", "pin"),
	})
	.map(({ lines, register, at: [day, hour], isRefund, rounding, method }) => {
		const total = lines.reduce((sum, { total }) => sum + total, 0);
		const at = `${day}T${String(hour).padStart(2, "0")}:30:00.000+01:00`;
		const payments = [{ method, amount: total + rounding }] as Sale["payments"];
		const refundOf = saleOf(0).id;
		return { ...saleOf(0, { register, at, lines, total, payments, rounding }), ...(isRefund && { refundOf }) };
	});
const entry = fc.oneof(
	{ weight: 6, arbitrary: sale.map((payload) => ({ kind: "sale" as const, payload })) },
	{ weight: 2, arbitrary: movement.map((payload) => ({ kind: "stock" as const, payload })) },
	{ weight: 1, arbitrary: product.map((payload) => ({ kind: "product" as const, payload })) },
	{ weight: 1, arbitrary: fc.constant({ kind: "payment" as const, payload: paymentRequest.example }) },
	{ weight: 1, arbitrary: fc.constant({ kind: "outcome" as const, payload: bookedPaymentExample.outcome as object }) },
);

test("whatever is booked, in whatever batches, the office's figures are those of the shop's own hub", async () => {
	const dataDir = mkdtempSync(join(tmpdir(), "kassahub-office-"));
	const database = await openStore({ url: undefined, dataDir, log: pino({ level: "silent" }) });
	const ledger = new Ledger(database, () => new Date());
	let shops = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(entry, { maxLength: 40 }), fc.integer({ min: 1, max: 20 }), async (entries, rows) => {
			const shop = `shop-${++shops}`;
			const chain = new TestChain();
			for (const { kind, payload } of entries) {
				if (kind === "sale") chain.sell(payload);
				else if (kind === "stock") chain.move(payload);
				else if (kind === "product") chain.product(payload);
				else chain.append(kind, payload);
			}
			const state = emptyState();
			for (const line of chain.lines) applyEntry(state, JSON.parse(line), noChanges());
			for (let after = 0; after < chain.lines.length; after += rows) {
				const lines = chain.lines.slice(after, after + rows);
				const numbers = { first: after + 1, last: after + lines.length, count: lines.length };
				await ledger.book({ header: { v: 1, shop, shopName: shop, box: chain.box, ...numbers }, lines });
			}
			for (const day of days) {
				const { byHour, byDay, byRegister, ...figures } = await readFigures(
					database,
					{ tenant: TENANT, shop },
					{ from: day, to: day },
				);
				expect({ day, ...figures }).toEqual(turnoverOf(state.days, day));
				for (const part of [byHour, byDay, byRegister]) {
					expect(part.reduce((sum, { total }) => sum + total, 0)).toBe(figures.total);
				}
			}
			const stock = await database.query<{ sku: string; quantity: number }>(
				"select sku, quantity from stock where shop = $1",
				[shop],
			);
			const ofHub = [...state.stock].map(([sku, level]) => [sku, level.quantity + 0] as const);
			expect(new Map(stock.map(({ sku, quantity }) => [sku, quantity]))).toEqual(new Map(ofHub));
		}),
		{ numRuns: 60 },
	);
	await database.close();
	rmSync(dataDir, { recursive: true });
});
