import { type Sale, sale as saleMessage } from "@kassahub/contracts/sale.ts";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Shop } from "../tests/shop.ts";
import { EventRejected, Register } from "./register.ts";
import { timestamp } from "./till.ts";

let shop: Shop;
let register: Register;

beforeAll(async () => {
	shop = await Shop.create();
	const { mqttUrl } = await shop.start();
	register = await Register.open(mqttUrl, await shop.pair("register", "kassa-1"));
});

afterAll(async () => {
	await register.close();
	await shop[Symbol.asyncDispose]();
});

const sell = (change: Partial<Sale> = {}): Sale => ({
	id: uuidv7(),
	register: "kassa-1",
	at: timestamp(),
	lines: [{ sku: "4002", name: "Elstar", quantity: 1250, unit: "kg", unitPrice: 299, vatRate: 900, total: 374 }],
	payments: [{ method: "pin", amount: 374 }],
	rounding: 0,
	total: 374,
	...change,
});

test("what the hub refuses comes back with its reasons", async () => {
	const refused = register.book(saleMessage, sell({ total: 375 }));
	await expect(refused).rejects.toThrow(EventRejected);
	await expect(refused).rejects.toThrow("SALE_TOTAL_WRONG");
});

test("sales made while the hub is away are booked once, in their order, when it is back", async () => {
	const before = await register.book(saleMessage, sell());
	await shop.kill();
	const sales = Array.from({ length: 20 }, () => sell());
	const bookings = sales.map((sale) => register.book(saleMessage, sale));
	expect(register.unanswered).toBe(20);
	await shop.start();
	const booked = await Promise.all(bookings);
	expect(booked.map(({ id }) => id)).toEqual(sales.map(({ id }) => id));
	expect(booked.map(({ number }) => number)).toEqual(sales.map((_, index) => before.number + 1 + index));
	expect(register.unanswered).toBe(0);
});
