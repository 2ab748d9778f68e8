import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import { hashEntry, JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshSale, openTryShop, type TryShop } from "../try-shop.ts";

const SALES = 25;

let shop: TryShop;
beforeAll(async () => {
	shop = await openTryShop();
	await Promise.all(Array.from({ length: SALES }, () => shop.ask("register", "POST", "/sales", freshSale())));
});
afterAll(() => shop[Symbol.asyncDispose]());

const lines = (query: string) =>
	shop.ask("relay", "GET", `/journal?${query}`, undefined, { accept: "application/x-ndjson" });

test("lines come byte for byte as the books have them, with what they are in the headers", async () => {
	const answer = await lines("after=5&limit=10");
	const { first, last, count, body } = await shop.books.lines(5, 10, 1_000_000);
	expect(answer.rawPayload.equals(body)).toBe(true);
	expect([first, last, count]).toEqual([6, 15, 10]);
	expect(answer.headers).toMatchObject({
		"content-type": "application/x-ndjson",
		"kassahub-first": "6",
		"kassahub-last": "15",
		"kassahub-count": "10",
	});
});

test("who holds the end gets nothing, and is told so", async () => {
	const answer = await lines(`after=${SALES}`);
	expect([answer.statusCode, answer.body, answer.headers["kassahub-count"]]).toEqual([200, "", "0"]);
});

test("entries as JSON carry a chain that can be checked", async () => {
	const { head, entries } = (await shop.ask("technician", "GET", "/journal?after=0")).json() as {
		head: { number: number; hash: string };
		entries: JournalEntry[];
	};
	expect([...Compile(Type.Array(JournalEntry)).Errors(entries)]).toEqual([]);
	expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: SALES }, (_, index) => index + 1));
	for (const { payload, previousHash, hash, ...header } of entries) {
		expect(hashEntry(shop.books.box, header, canonicalJson(payload), previousHash)).toBe(hash);
	}
	expect(head).toEqual({ number: SALES, hash: entries.at(-1)?.hash });
});

test("the shop's state folded anew is the same", async () => {
	const answer = await shop.ask("technician", "POST", "/journal/rebuild");
	expect(answer.json()).toEqual({ entries: SALES, same: true });
});
