import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Booking } from "@kassahub/contracts/booking.ts";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import { type Sale, sale as saleMessage } from "@kassahub/contracts/sale.ts";
import { Register } from "../demo/register.ts";
import { readSales } from "./replay-baskets.ts";
import { bearer, getJson, type Running } from "./shop.ts";

const REGISTERS = 20;
/** Sales under way at a time, a register: like tablets that empty their queues after an outage. */
const WINDOW = 16;

export type Replayed = { sales: Sale[]; bookings: Booking[] };

/** Gives the shop its assortment and sells all baskets of a file, through real registers over MQTT. */
export async function replay(file: string, shop: Running): Promise<Replayed> {
	const products = await importAssortment(shop);
	const sales: Sale[] = [];
	for await (const sale of readSales(file, products, REGISTERS)) sales.push(sale);
	const byRegister = [...Map.groupBy(sales, (sale) => sale.register)];
	const bookings = await Promise.all(byRegister.map(([name, own]) => sellAll(shop, name, own)));
	return { sales, bookings: bookings.flat() };
}

async function importAssortment({ httpUrl, token }: Running): Promise<Product[]> {
	await post({ httpUrl, token }, "/catalogue/import", "text/csv", readFileSync(assortmentFile, "utf8"));
	return (await getJson<{ products: Product[] }>(`${httpUrl}/api/v1/catalogue?since=0`, token)).products;
}

const assortmentFile = join(import.meta.dirname, "../hub/catalogue/assortment.csv");

async function sellAll(shop: Running, name: string, sales: Sale[]): Promise<Booking[]> {
	const pairing = await post(shop, "/pairings", "application/json", JSON.stringify({ kind: "register", name }));
	const register = await Register.open(shop.mqttUrl, (await pairing.json()) as Credentials);
	const bookings: Booking[] = [];
	const left = sales.values();
	const sell = async () => {
		// The lanes share one iterator: sales leave in the order in which they were made.
		for (const sale of left) bookings.push(await register.book(saleMessage, sale));
	};
	await Promise.all(Array.from({ length: WINDOW }, sell));
	await register.close();
	return bookings;
}

async function post(
	shop: Pick<Running, "httpUrl" | "token">,
	path: string,
	type: string,
	body: string,
): Promise<Response> {
	const headers = { ...bearer(shop.token), "content-type": type };
	const answer = await fetch(`${shop.httpUrl}/api/v1${path}`, { method: "POST", headers, body });
	if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
	return answer;
}
