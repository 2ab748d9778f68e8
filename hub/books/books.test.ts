import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { hashEntry, JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { openClock } from "../clock.ts";
import { verifyJournal } from "../journal/verify.ts";
import { Books, type Outcome } from "./books.ts";
import { saleFrom, submitCash, submitProduct, submitSale, submitStock, temporaryDir } from "./fixture.ts";

const isEntry = Compile(JournalEntry);

function bookingOf(outcome: Outcome) {
	if (outcome.status !== "booked") throw new Error(JSON.stringify(outcome.rejection));
	return outcome.booking;
}

async function openBooks(dataDir: string) {
	const books = await Books.open({ dataDir, clock: openClock({ quality: "synchronised" }) });
	return { books, [Symbol.asyncDispose]: () => books.close() };
}

test("a sale is booked under the next number, and its entry's hash can be checked by anyone", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const sale = saleFrom("kassa-1");
	const booking = bookingOf(await books.submit(submitSale(sale)));
	expect(booking).toMatchObject({ id: sale.id, kind: "sale", number: 1, duplicate: false, clock: "synchronised" });
	expect(booking.flags).toEqual(["UNKNOWN_PRODUCT:4002"]);
	const entry = await books.entry(sale.id);
	if (!entry || !isEntry.Check(entry)) throw new Error("no valid entry");
	expect(entry.payload).toEqual(sale);
	const line = new TextDecoder().decode((await books.lines(0, 10, 10_000)).body);
	const payload = /"payload":(.*),"previousHash"/.exec(line)?.[1] as string;
	expect(hashEntry(books.box, entry, payload, entry.previousHash)).toBe(booking.hash);
	expect(books.head()).toEqual({ number: 1, hash: booking.hash });
});

test("a redelivered sale is answered with its first booking, flags and all, also after a restart", async () => {
	using dir = temporaryDir();
	const sale = saleFrom("kassa-1");
	let first: ReturnType<typeof bookingOf>;
	{
		await using opened = await openBooks(dir.path);
		first = bookingOf(await opened.books.submit(submitSale(sale)));
		expect(bookingOf(await opened.books.submit(submitSale(sale)))).toEqual({ ...first, duplicate: true });
	}
	await using opened = await openBooks(dir.path);
	expect(bookingOf(await opened.books.submit(submitSale(sale)))).toEqual({ ...first, duplicate: true });
	expect(opened.books.head().number).toBe(1);
	expect(await opened.books.quarantine()).toEqual([]);
});

test("the same id with other content books nothing, answers the first booking and keeps a copy", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const sale = saleFrom("kassa-1");
	const first = bookingOf(await books.submit(submitSale(sale)));
	const other = { ...sale, employee: "E7" };
	expect(bookingOf(await books.submit(submitSale(other)))).toEqual({ ...first, duplicate: true });
	expect(books.head().number).toBe(1);
	const [item] = await books.quarantine();
	expect(item).toMatchObject({ number: 1, id: sale.id, reasons: [{ code: "ID_REUSED", field: "/id" }] });
	expect(JSON.parse(item?.payload as string)).toEqual(other);
	expect(await books.replay(1)).toMatchObject({ status: "rejected", rejection: { quarantine: 1 } });
});

test("outcomes come back to whoever submitted them, whatever came in the same tick", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	await books.submit(submitProduct());
	const submitted = Array.from({ length: 300 }, (_, index) => {
		const sale = saleFrom("kassa-1", index % 7 === 3 ? { total: 1 } : {});
		return { sale, outcome: books.submit(submitSale(sale)) };
	});
	for (const [index, { sale, outcome }] of submitted.entries()) {
		const settled = await outcome;
		if (index % 7 === 3) expect(settled).toMatchObject({ status: "rejected", rejection: { id: sale.id } });
		else expect(await books.entry(sale.id)).toMatchObject({ number: bookingOf(settled).number, payload: sale });
	}
});

test("what cannot be booked is kept with its reasons, once however often it comes, and replayed when repaired", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const wrong = saleFrom("kassa-1", { total: 375 });
	const refused = await books.submit(submitSale(wrong));
	expect(refused).toMatchObject({
		status: "rejected",
		rejection: { id: wrong.id, quarantine: 1, topic: "kassahub/registers/kassa-1/sales" },
	});
	expect(await books.submit(submitSale(wrong))).toMatchObject({ rejection: { quarantine: 1 } });
	expect(await books.replay(1)).toMatchObject({ status: "rejected", rejection: { quarantine: 1 } });
	expect(await books.quarantine()).toHaveLength(1);
	const repaired = submitSale({ ...wrong, total: 374 }).payload;
	expect(bookingOf((await books.replay(1, repaired)) as Outcome)).toMatchObject({ number: 1, duplicate: false });
	expect(await books.quarantine()).toMatchObject([{ number: 1, resolvedBy: 1 }]);
	expect(await books.replay(2)).toBeUndefined();
});

test("stock, drawer, turnover and catalogue follow the journal", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const put = bookingOf(await books.submit(submitProduct()));
	await books.submit(submitStock({ type: "receive", quantity: 12_000 }));
	await books.submit(submitCash({ type: "float", amount: 15_000 }));
	const booking = bookingOf(await books.submit(submitSale(saleFrom("kassa-1"))));
	expect(booking.flags).toEqual([]);
	expect(await books.level("4002")).toEqual({
		sku: "4002",
		unit: "kg",
		here: { quantity: 10_750, at: booking.at, number: booking.number },
		elsewhere: [],
	});
	expect(await books.stock()).toHaveLength(1);
	expect(await books.drawers()).toEqual([{ register: "kassa-1", expected: 15_375, lastDifference: 0, isOpen: true }]);
	expect(await books.turnover("2026-11-23")).toEqual({
		day: "2026-11-23",
		sales: 1,
		refunds: 0,
		total: 374,
		rounding: 1,
		byVatRate: [{ vatRate: 900, net: 343, vat: 31, total: 374 }],
		byGroup: [{ group: "groente-fruit", total: 374 }],
		byMethod: [{ method: "cash", amount: 375 }],
	});
	expect(await books.catalogue(0)).toMatchObject({ version: put.number, products: [{ sku: "4002" }] });
	expect(await books.catalogue(put.number)).toEqual({ version: put.number, products: [] });
	expect(await books.product("4002")).toMatchObject({ name: "Elstar" });
	expect(await books.rebuild()).toEqual({ entries: 4, same: true });
});

test("a product that is put again unchanged adds nothing to the journal", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const first = bookingOf(await opened.books.submit(submitProduct()));
	expect(bookingOf(await opened.books.submit(submitProduct()))).toEqual({ ...first, duplicate: true });
	expect(bookingOf(await opened.books.submit(submitProduct({ unitPrice: 319 })))).toMatchObject({ number: 2 });
	const flagged = bookingOf(await opened.books.submit(submitSale(saleFrom("kassa-1"))));
	expect(flagged.flags).toEqual(["PRICE_DIFFERS:4002"]);
});

test("those who watch hear what changed and what was sold for the first time", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const sold: string[] = [];
	books.on("booked", ({ sale, booking }) => sold.push(`${sale.id} ${booking.number}`));
	const changed = once(books, "changed");
	const sale = saleFrom("kassa-1");
	await books.submit(submitSale(sale));
	await books.submit(submitSale(sale));
	const [{ levels, drawers, turnover, head }] = await changed;
	expect(levels.map((level: StockLevel) => level.here.quantity)).toEqual([-1250]);
	expect(drawers).toHaveLength(1);
	expect(turnover.total).toBe(374);
	expect(head.number).toBe(1);
	expect(sold).toEqual([`${sale.id} 1`]);
});

test("recent sales come newest first, of one register or of all", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	for (const register of ["kassa-1", "kassa-2", "kassa-1"]) await books.submit(submitSale(saleFrom(register)));
	const numbers = async (query: { register?: string; limit: number }) =>
		(await books.recentSales(query)).map((entry) => entry.number);
	expect(await numbers({ limit: 2 })).toEqual([3, 2]);
	expect(await numbers({ register: "kassa-1", limit: 10 })).toEqual([3, 1]);
	expect(await numbers({ register: "kassa-9", limit: 10 })).toEqual([]);
});

test("the relay gets whole lines within its budget, at least one, and goes on where it stopped", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	await Promise.all(Array.from({ length: 20 }, () => books.submit(submitSale(saleFrom("kassa-1")))));
	const all = await books.lines(0, 100, 1_000_000);
	expect(all).toMatchObject({ first: 1, last: 20, count: 20 });
	const text = new TextDecoder().decode(all.body);
	let after = 0;
	let pieces = "";
	while (after < 20) {
		const { first, last, count, body } = await books.lines(after, 100, 2000);
		expect([first, last]).toEqual([after + 1, after + count]);
		expect(body.byteLength).toBeLessThan(2000);
		pieces += new TextDecoder().decode(body);
		after = last;
	}
	expect(pieces).toBe(text);
	expect(await books.lines(0, 100, 1)).toMatchObject({ first: 1, last: 1, count: 1 });
	expect(await books.lines(20, 100, 1000)).toMatchObject({ first: 21, last: 20, count: 0 });
	expect((await books.entries(5, 3)).map((entry) => entry.number)).toEqual([6, 7, 8]);
});

test("closing waits for what is under way, and nothing is taken after it", async () => {
	using dir = temporaryDir();
	const books = await Books.open({ dataDir: dir.path });
	const submitted = Array.from({ length: 50 }, () => books.submit(submitSale(saleFrom("kassa-1"))));
	await books.close();
	for (const outcome of submitted) bookingOf(await outcome);
	await expect(books.submit(submitSale(saleFrom("kassa-1")))).rejects.toMatchObject({ code: "JOURNAL_UNWRITABLE" });
	expect(verifyJournal(join(dir.path, "journal.db"))).toMatchObject({ entries: 50, sealedTo: 50, faults: [] });
});

test("books with an injected clock write its time", async () => {
	using dir = temporaryDir();
	const books = await Books.open({
		dataDir: dir.path,
		clock: openClock({ fixedMs: Date.UTC(2030, 0, 2), quality: "unsynchronised" }),
	});
	const booking = bookingOf(await books.submit(submitSale(saleFrom("kassa-1"))));
	expect(new Date(booking.at).toISOString()).toBe("2030-01-02T00:00:00.000Z");
	expect(booking.clock).toBe("unsynchronised");
	await books.close();
});

test("a thread that dies takes no acknowledged sale with it, says so, and is opened anew by itself", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const sale = saleFrom("kassa-1");
	await books.submit(submitSale(sale));
	const harm = new DatabaseSync(join(dir.path, "journal.db"));
	const { payload } = harm.prepare("SELECT payload FROM journal").get() as { payload: string };
	harm.exec("UPDATE journal SET payload = 'no json'");
	const lost = once(books, "unwritable");
	const underWay = Promise.allSettled([books.submit(submitSale(saleFrom("kassa-1")))]);
	await expect(books.entry(sale.id)).rejects.toMatchObject({ code: "JOURNAL_UNWRITABLE" });
	expect(await lost).toMatchObject([{ code: "JOURNAL_UNWRITABLE" }]);
	await expect(books.submit(submitSale(saleFrom("kassa-1")))).rejects.toMatchObject({ code: "JOURNAL_UNWRITABLE" });
	const back = once(books, "writable");
	harm.prepare("UPDATE journal SET payload = ? WHERE number = 1").run(payload);
	harm.close();
	await back;
	const [settled] = await underWay;
	const held = settled.status === "fulfilled" ? 2 : books.head().number;
	expect(bookingOf(await books.submit(submitSale(saleFrom("kassa-1")))).number).toBe(held + 1);
	expect(await books.entry(sale.id)).toMatchObject({ number: 1, payload: sale });
	expect(await books.rebuild()).toEqual({ entries: held + 1, same: true });
});

test("books that cannot be read say which entry is to blame", async () => {
	using dir = temporaryDir();
	const books = await Books.open({ dataDir: dir.path });
	await books.submit(submitSale(saleFrom("kassa-1")));
	await books.close();
	const harm = new DatabaseSync(join(dir.path, "journal.db"));
	harm.exec("UPDATE journal SET payload = 'no json'; DELETE FROM snapshot");
	harm.close();
	await expect(Books.open({ dataDir: dir.path })).rejects.toThrow("journal entry 1 cannot be read");
});
