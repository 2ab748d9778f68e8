import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { lineTotal } from "@kassahub/contracts/money.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale, SaleLine } from "@kassahub/contracts/sale.ts";
import { cashDue } from "@kassahub/contracts/sale-arithmetic.ts";
import { parse } from "csv-parse";

/** Above this a line is fuel, and its quantity counts thousandths of a gallon: 8396 for 18.46 dollars. */
const FUEL_ABOVE = 100;
const CASH_SHARE = 0.4;

type Row = { store: string; basket: string; at: string; product: string; quantity: string; salesValueUsd: string };

/**
 * Real baskets as sales of the demo assortment, in time order. What stays real is when, where and in what order they
 * were sold, how many lines and pieces, and what was taken: dollars become euros, cent by cent. What is made up, always
 * the same for the same basket, is which of our products a product is, and how the basket was paid.
 *
 * A line costs quantity × the catalogue's price; `discount` is what is left to the amount really taken (negative where
 * more was taken). Fuel becomes goods by weight, its thousandths unchanged. A line with quantity 0 is kept with quantity
 * 0 (nothing was taken for any of them), and a basket for nothing is kept without a payment.
 */
export async function* readSales(file: string, products: readonly Product[], registers: number): AsyncGenerator<Sale> {
	const shelves = {
		pieces: products.filter((product) => product.unit === "pcs"),
		weighed: products.filter((product) => product.unit === "kg"),
	};
	const rows = createReadStream(file)
		.pipe(createGunzip())
		.pipe(parse({ columns: true }));
	let second: Row[] = [];
	for await (const row of rows as AsyncIterable<Row>) {
		if (second[0] && second[0].at !== row.at) {
			yield* salesOf(second, shelves, registers);
			second = [];
		}
		second.push(row);
	}
	yield* salesOf(second, shelves, registers);
}

/** A basket has one time, but the lines of two baskets of the same second may lie mixed. */
function* salesOf(second: Row[], shelves: Shelves, registers: number): Generator<Sale> {
	for (const basket of Map.groupBy(second, (row) => row.basket).values()) yield saleOf(basket, shelves, registers);
}

type Shelves = { pieces: Product[]; weighed: Product[] };

function saleOf(rows: Row[], shelves: Shelves, registers: number): Sale {
	const { basket, store, at } = rows[0] as Row;
	const lines = rows.map((row) => lineOf(row, shelves));
	const total = lines.reduce((sum, line) => sum + line.total, 0);
	const isCash = share(`payment ${basket}`) < CASH_SHARE;
	const { due, rounding } = isCash ? cashDue(total) : { due: total, rounding: 0 };
	const sale = { id: idOf(basket, at), register: `kassa-${1 + Math.floor(share(`store ${store}`) * registers)}` };
	const payments: Sale["payments"] = total === 0 ? [] : [{ method: isCash ? "cash" : "pin", amount: due }];
	return { ...sale, at: inAmsterdam(at), receiptNumber: basket, lines, payments, rounding, total };
}

function lineOf(row: Row, { pieces, weighed }: Shelves): SaleLine {
	const count = Number(row.quantity);
	const isFuel = count > FUEL_ABOVE;
	const shelf = isFuel ? weighed : pieces;
	const product = shelf[Math.floor(share(`product ${row.product}`) * shelf.length)] as Product;
	const { sku, name, unit, unitPrice, vatRate } = product;
	const quantity = isFuel ? count : count * 1000;
	const total = Math.round(Number(row.salesValueUsd) * 100);
	const discount = lineTotal({ quantity, unitPrice }) - total;
	return { sku, name, quantity, unit, unitPrice, vatRate, ...(discount === 0 ? {} : { discount }), total };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** A fraction from 0 up to 1, always the same for the same text. */
const share = (text: string): number => digest(text).readUInt32BE(0) / 2 ** 32;

/** A UUIDv7 of the basket's own time and number (RFC 9562 §5.7), so that every run sends the same ids. */
function idOf(basket: string, at: string): string {
	const time = Date.parse(`${at.replace(" ", "T")}Z`)
		.toString(16)
		.padStart(12, "0");
	const rest = digest(`basket ${basket}`).toString("hex");
	return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}

/** Local time with the Netherlands' offset of 2017: summer time from 26 March, 2:00 to 29 October, 3:00. */
const inAmsterdam = (at: string): string =>
	`${at.replace(" ", "T")}.000${at >= "2017-03-26 02" && at < "2017-10-29 03" ? "+02:00" : "+01:00"}`;
