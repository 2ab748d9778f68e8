import { BookedSale } from "@kassahub/contracts/booked-sale.ts";
import { Booking } from "@kassahub/contracts/booking.ts";
import { Problem } from "@kassahub/contracts/problem.ts";
import { Compile } from "typebox/compile";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshSale, openTryShop, type TryShop } from "../try-shop.ts";

let shop: TryShop;
beforeAll(async () => {
	shop = await openTryShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

const isBooking = Compile(Booking);
const isProblem = Compile(Problem);

describe("a sale by REST", () => {
	test("is booked once, and answered with its first booking ever after", async () => {
		const sale = freshSale();
		const first = await shop.ask("register", "POST", "/sales", sale);
		expect(first.statusCode).toBe(201);
		expect(first.headers.location).toBe(`/api/v1/sales/${sale.id}`);
		const { number } = shop.books.head();
		const again = await Promise.all([1, 2, 3].map(() => shop.ask("register", "POST", "/sales", sale)));
		for (const answer of again) {
			expect(answer.statusCode).toBe(200);
			expect(answer.json()).toEqual({ ...first.json(), duplicate: true });
		}
		expect(isBooking.Check(first.json())).toBe(true);
		expect(shop.books.head().number).toBe(number);
	});

	test("reads back as it was sent, with the entry's number and hashes", async () => {
		const sale = freshSale();
		const booking = (await shop.ask("register", "POST", "/sales", sale)).json();
		const found = (await shop.ask("register", "GET", `/sales/${sale.id}`)).json();
		expect([...Compile(BookedSale).Errors(found)]).toEqual([]);
		expect(found).toMatchObject({ number: booking.number, hash: booking.hash, source: "register:kassa-1", sale });
	});

	test("of a technician goes in a register's name", async () => {
		const sale = freshSale({ register: "kassa-7" });
		expect((await shop.ask("technician", "POST", "/sales", sale)).statusCode).toBe(201);
		const found = (await shop.ask("technician", "GET", `/sales/${sale.id}`)).json();
		expect(found).toMatchObject({ source: "technician:console", sale: { register: "kassa-7" } });
		expect((await shop.ask("register", "GET", `/sales/${sale.id}`)).json().code).toBe("NOT_ALLOWED");
	});

	test("in another register's name is refused and kept", async () => {
		const answer = await shop.ask("register", "POST", "/sales", freshSale({ register: "kassa-2" }));
		expect(answer.statusCode).toBe(422);
		expect(answer.json()).toMatchObject({ code: "SENDER_WRONG", reasons: [{ field: "/register" }] });
	});

	test("that does not add up is refused field by field, with the quarantine number", async () => {
		const sale = freshSale({ total: 375 });
		const answer = await shop.ask("register", "POST", "/sales", sale);
		expect(answer.statusCode).toBe(422);
		const problem = answer.json();
		expect(isProblem.Check(problem)).toBe(true);
		expect(problem).toMatchObject({ code: "SALE_TOTAL_WRONG", id: sale.id });
		const kept = (await shop.ask("technician", "GET", "/quarantine")).json();
		expect(kept.find((item: { number: number }) => item.number === problem.quarantine)).toMatchObject({
			id: sale.id,
			topic: "kassahub/registers/kassa-1/sales",
		});
	});

	test.for(['{"id":', "", "\u0000", "[]", "null"])(
		"that reads %j is kept too, and answered with a remedy",
		async (text) => {
			const answer = await shop.ask("register", "POST", "/sales", text, { "content-type": "application/json" });
			expect([400, 422]).toContain(answer.statusCode);
			expect(answer.json()).toMatchObject({ quarantine: expect.any(Number), remedy: expect.stringMatching(/./) });
		},
	);

	test("of another content type is refused with what to send", async () => {
		const answer = await shop.ask("register", "POST", "/sales", "a=b", { "content-type": "text/plain" });
		expect([answer.statusCode, answer.json().code]).toEqual([415, "MEDIA_TYPE_UNSUPPORTED"]);
	});

	test("larger than any sale is refused before it is read", async () => {
		const text = JSON.stringify({ ...freshSale(), note: "x".repeat(300_000) });
		const answer = await shop.ask("register", "POST", "/sales", text, { "content-type": "application/json" });
		expect([answer.statusCode, answer.json().code]).toEqual([413, "BODY_TOO_LARGE"]);
	});
});

describe("the list of sales", () => {
	test("shows a register its own, newest first", async () => {
		await shop.ask("technician", "POST", "/sales", freshSale({ register: "kassa-8" }));
		const sales = (await shop.ask("register", "GET", "/sales?limit=200")).json() as BookedSale[];
		expect(new Set(sales.map(({ sale }) => sale.register))).toEqual(new Set(["kassa-1"]));
		expect(sales.map(({ number }) => number)).toEqual(sales.map(({ number }) => number).sort((a, b) => b - a));
		expect((await shop.ask("register", "GET", "/sales?register=kassa-8")).statusCode).toBe(403);
		expect((await shop.ask("technician", "GET", "/sales?register=kassa-8")).json()).toHaveLength(1);
	});

	test.for(["limit=0", "limit=201", "limit=x", "register=Kassa%201"])("refuses ?%s by name", async (query) => {
		const answer = await shop.ask("register", "GET", `/sales?${query}`);
		expect([answer.statusCode, answer.json().code]).toEqual([400, "PARAMETER_INVALID"]);
		expect(answer.json().reasons[0].field).toBe(`/${query.split("=")[0]}`);
	});
});

test("a sale that is not booked is not found, and a wrong id is named", async () => {
	expect((await shop.ask("register", "GET", `/sales/${uuidv7()}`)).statusCode).toBe(404);
	expect((await shop.ask("register", "GET", "/sales/4711")).json().reasons[0].field).toBe("/id");
});

test("an entry that is no sale is not found as one", async () => {
	const movement = { id: uuidv7(), at: "2026-11-23T09:05:00.000+01:00", sku: "4002", type: "receive", quantity: 1000 };
	expect((await shop.ask("sensor", "POST", "/stock/movements", movement)).statusCode).toBe(201);
	expect((await shop.ask("technician", "GET", `/sales/${movement.id}`)).statusCode).toBe(404);
});
