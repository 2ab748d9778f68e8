import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Product } from "@kassahub/contracts/product.ts";
import { Sale } from "@kassahub/contracts/sale.ts";
import { arithmeticFaults } from "@kassahub/contracts/sale-arithmetic.ts";
import { parse } from "csv-parse/sync";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { drawBasket } from "./basket.ts";
import { Random } from "./random.ts";
import { readRhythm } from "./shop-day.ts";
import { lineOf, refund, ringUp, timestamp } from "./till.ts";

const rows: Record<string, string>[] = parse(
	readFileSync(join(import.meta.dirname, "../hub/catalogue/assortment.csv")),
	{ columns: true },
);
const products = rows.map(
	(row): Product => ({
		sku: row.sku ?? "",
		name: row.name ?? "",
		group: row.group ?? "",
		unit: row.unit === "kg" ? "kg" : "pcs",
		unitPrice: Math.round(Number(row.price) * 100),
		vatRate: Number(row.vatRate) * 100,
	}),
);
const rhythm = readRhythm();
const till = { register: "kassa-1", employee: "m1", receiptNumber: "1" };
const validator = Compile(Sale);

test("every sale and refund of the demo keeps the contract and adds up", () => {
	const random = new Random(1);
	const methods = new Set<string>();
	for (let customer = 0; customer < 2000; customer++) {
		const sale = ringUp(till, drawBasket(random, products, rhythm).map(lineOf), random);
		const line = random.pick(sale.lines);
		for (const event of [sale, refund(till, sale, line)]) {
			expect([...validator.Errors(event)]).toEqual([]);
			expect(arithmeticFaults(event)).toEqual([]);
		}
		for (const { method } of sale.payments) methods.add(method);
	}
	expect(methods).toEqual(new Set(["cash", "pin"]));
});

test("a drink in a can is sold with its deposit, free of VAT", () => {
	const random = new Random(3);
	const baskets = Array.from({ length: 2000 }, () => drawBasket(random, products, rhythm));
	const withCans = baskets.filter((basket) => basket.some(({ product }) => product.sku === "10806"));
	expect(withCans.length).toBeGreaterThan(0);
	for (const basket of withCans) {
		const deposit = basket.find(({ product }) => product.sku === "11602");
		expect(deposit?.product.vatRate).toBe(0);
	}
});

test("a register's time names its offset and the same instant", () => {
	const now = new Date("2026-11-23T09:15:00.120Z");
	expect(timestamp(now)).toMatch(/[+-]\d{2}:\d{2}$/);
	expect(Date.parse(timestamp(now))).toBe(now.getTime());
});
