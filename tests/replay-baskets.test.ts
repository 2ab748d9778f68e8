import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Product } from "@kassahub/contracts/product.ts";
import { Sale } from "@kassahub/contracts/sale.ts";
import { arithmeticFaults } from "@kassahub/contracts/sale-arithmetic.ts";
import { parse } from "csv-parse/sync";
import { Compile } from "typebox/compile";
import { beforeAll, expect, test } from "vitest";
import { readSales } from "./replay-baskets.ts";

const slice = join(import.meta.dirname, "../demo/replay-slice.csv.gz");
const rows: Record<string, string>[] = parse(gunzipSync(readFileSync(slice)), { columns: true });
const piece: Product = { sku: "p", name: "Piece", group: "g", unit: "pcs", unitPrice: 299, vatRate: 900 };
const products: Product[] = [piece, { ...piece, sku: "w", unit: "kg" }];
const sales: Sale[] = [];

beforeAll(async () => {
	for await (const sale of readSales(slice, products, 20)) sales.push(sale);
});

test("every basket becomes one valid sale with an id of its own", () => {
	const validator = Compile(Sale);
	for (const sale of sales) {
		expect([...validator.Errors(sale)]).toEqual([]);
		expect(arithmeticFaults(sale)).toEqual([]);
	}
	const baskets = new Set(rows.map(({ basket }) => basket));
	expect(sales.map(({ receiptNumber }) => receiptNumber).sort()).toEqual([...baskets].sort());
	expect(new Set(sales.map(({ id }) => id)).size).toBe(baskets.size);
});

test("what was taken, to the cent, and every line are kept", () => {
	const cents = rows.reduce((sum, { salesValueUsd }) => sum + Math.round(Number(salesValueUsd) * 100), 0);
	expect(sales.reduce((sum, { total }) => sum + total, 0)).toBe(cents);
	expect(sales.flatMap(({ lines }) => lines)).toHaveLength(rows.length);
});

test("fuel is sold by weight in the thousandths it came in, everything else in pieces, nothing stays nothing", () => {
	const quantities = (unit: string) =>
		sales
			.flatMap(({ lines }) => lines.filter((line) => line.unit === unit).map(({ quantity }) => quantity))
			.sort((a, b) => a - b);
	const counts = rows.map(({ quantity }) => Number(quantity)).sort((a, b) => a - b);
	expect(quantities("kg")).toEqual(counts.filter((count) => count > 100));
	expect(quantities("pcs")).toEqual(counts.filter((count) => count <= 100).map((count) => count * 1000));
	const nothing = sales.flatMap(({ lines }) => lines).filter(({ quantity }) => quantity === 0);
	expect(nothing.map(({ total }) => total)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test("two readings of the same file give the same sales", async () => {
	const again: Sale[] = [];
	for await (const sale of readSales(slice, products, 20)) again.push(sale);
	expect(again).toEqual(sales);
});
