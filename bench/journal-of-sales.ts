import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lineTotal } from "@kassahub/contracts/money.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import { cashDue } from "@kassahub/contracts/sale-arithmetic.ts";
import { parse } from "csv-parse/sync";
import { uuidv7 } from "uuidv7";
import { TestChain } from "../cloud/chain-of-sales.ts";
import { drawBasket } from "../demo/basket.ts";
import { Random } from "../demo/random.ts";
import { readRhythm } from "../demo/shop-day.ts";

const SEED = 4711;

/** A journal of `count` sales of the demo's assortment, as its customers would fill it; the same at each run but for the ids. */
export function journalOfSales(count: number): TestChain {
	const random = new Random(SEED);
	const rhythm = readRhythm();
	const products = readAssortment();
	const chain = new TestChain();
	const openedAt = Date.parse("2026-11-23T08:00:00.000Z");
	for (let index = 0; index < count; index++) {
		const lines = drawBasket(random, products, rhythm).map(({ product, quantity, discountPercent }) => {
			const { sku, name, unit, unitPrice, vatRate } = product;
			const full = lineTotal({ quantity, unitPrice });
			const discount = Math.round((full * discountPercent) / 100);
			return { sku, name, quantity, unit, unitPrice, vatRate, ...(discount && { discount }), total: full - discount };
		});
		const total = lines.reduce((sum, line) => sum + line.total, 0);
		const isCash = random.chance(0.4);
		const { due, rounding } = isCash ? cashDue(total) : { due: total, rounding: 0 };
		chain.sell({
			id: uuidv7(),
			register: `kassa-${random.integer(1, 3)}`,
			at: `${new Date(openedAt + index * 700).toISOString().slice(0, -1)}+01:00`,
			receiptNumber: String(index + 1),
			lines,
			payments: [{ method: isCash ? "cash" : "pin", amount: due }],
			rounding,
			total,
		});
	}
	return chain;
}

function readAssortment(): Product[] {
	const file = join(import.meta.dirname, "../hub/catalogue/assortment.csv");
	const rows: Record<string, string>[] = parse(readFileSync(file, "utf8"), { columns: true });
	return rows.map(({ sku = "", name = "", group = "", unit, price = "", vatRate = "" }) => ({
		sku,
		name,
		group,
		unit: unit as Product["unit"],
		unitPrice: Math.round(Number(price.replace(",", ".")) * 100),
		vatRate: Math.round(Number(vatRate.replace(",", ".")) * 100),
	}));
}
