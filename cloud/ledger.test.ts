import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vatTable } from "@kassahub/contracts/vat.ts";
import fc from "fast-check";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readFigures } from "./books/figures.ts";
import { saleOf, TestChain } from "./chain-of-sales.ts";
import { Ledger, TENANT } from "./ledger.ts";
import type { Database } from "./store/database.ts";
import { migrate } from "./store/migrate.ts";
import { openStore } from "./store/open.ts";
import { ThrowawayPostgres } from "./store/throwaway-postgres.ts";

const log = pino({ level: "silent" });
const now = () => new Date("2026-11-23T10:16:00.000Z");
const day = { from: "2026-11-23", to: "2026-11-23" };

const stores = {
	"the embedded PostgreSQL": async () => {
		const dataDir = mkdtempSync(join(tmpdir(), "kassahub-office-"));
		const database = await openStore({ url: undefined, dataDir, log });
		return { database, remove: () => rmSync(dataDir, { recursive: true }) };
	},
	"a PostgreSQL server": async () => {
		const server = new ThrowawayPostgres();
		return { database: await openStore({ url: server.url, dataDir: "", log }), remove: () => server[Symbol.dispose]() };
	},
};

describe.for(Object.entries(stores))("the books in %s", ([, open]) => {
	let database: Database;
	let ledger: Ledger;
	let close: () => Promise<void>;
	let shop = "";
	let shops = 0;
	beforeAll(async () => {
		const opened = await open();
		database = opened.database;
		ledger = new Ledger(database, now);
		close = async () => {
			await database.close();
			opened.remove();
		};
	});
	afterAll(() => close());
	beforeEach(() => {
		shop = `shop-${++shops}`;
	});

	const book = async (chain: TestChain, first: number, last: number, lines = chain.lines.slice(first - 1, last)) => {
		const header = { v: 1 as const, shop, shopName: "De Vijzel", box: chain.box, first, last, count: lines.length };
		return (await ledger.book({ header, lines })).acknowledgement;
	};
	const rows = async () =>
		(await database.query<{ rows: number }>("select count(*)::int as rows from events where shop = $1", [shop]))[0]
			?.rows;
	const stock = async () =>
		Object.fromEntries(
			(
				await database.query<{ sku: string; quantity: number }>("select sku, quantity from stock where shop = $1", [
					shop,
				])
			).map(({ sku, quantity }) => [sku, quantity]),
		);
	const figures = () => readFigures(database, { tenant: TENANT, shop }, day);

	test("a journal that comes in batches is stored whole, and its figures are the sums of its sales", async () => {
		const chain = new TestChain();
		const sales = Array.from({ length: 60 }, (_, index) => saleOf(index * 7));
		for (const sale of sales) chain.sell(sale);
		for (let first = 1; first <= 60; first += 25) await book(chain, first, Math.min(first + 24, 60));
		const total = sales.reduce((sum, sale) => sum + sale.total, 0);
		const { byVatRate, byMethod, ...sums } = await figures();
		expect(sums).toMatchObject({ total, sales: 60, refunds: 0, rounding: 0 });
		expect(byMethod).toEqual([{ method: "pin", amount: total }]);
		// VAT is that of each receipt, not of their sum.
		const vat = (rate: number) =>
			sales.reduce((sum, sale) => sum + (vatTable(sale.lines).find(({ vatRate }) => vatRate === rate)?.vat ?? 0), 0);
		expect(byVatRate.map(({ vatRate, vat }) => [vatRate, vat])).toEqual([
			[900, vat(900)],
			[2100, vat(2100)],
		]);
		expect(sums.byHour.reduce((sum, hour) => sum + hour.total, 0)).toBe(total);
		expect(await rows()).toBe(60);
	});

	test("whatever is redelivered, out of order or overlapping, nothing is booked twice and nothing is missing", async () => {
		const chain = new TestChain();
		for (let index = 0; index < 30; index++) chain.sell(saleOf(index));
		const total = chain.lines.reduce((sum, line) => sum + JSON.parse(line).payload.total, 0);
		const stretch = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }));
		await fc.assert(
			fc.asyncProperty(fc.array(stretch, { maxLength: 12 }), async (stretches) => {
				shop = `shop-${++shops}`;
				let stored = 0;
				for (const [a, b] of stretches) {
					const [first, last] = [Math.min(a, b), Math.max(a, b)];
					const ack = await book(chain, first, last);
					if (first <= stored + 1) stored = Math.max(stored, last);
					expect(ack).toMatchObject({ number: stored, hash: chain.hashes[stored] });
					expect(ack.gap ?? false).toBe(first > stored + 1);
				}
				await book(chain, 1, 30);
				expect((await figures()).total).toBe(total);
				expect(await rows()).toBe(30);
			}),
			{ numRuns: 15 },
		);
	});

	test("of a batch with a changed row only what is before it is stored, and the head says so", async () => {
		const chain = new TestChain();
		for (let index = 0; index < 10; index++) chain.sell(saleOf(index));
		const changed = chain.lines.with(6, (chain.lines[6] ?? "").replace('"employee":"m4"', '"employee":"m5"'));
		const ack = await book(chain, 1, 10, changed);
		expect(ack).toMatchObject({ number: 6, hash: chain.hashes[6], refused: { code: "CHAIN_BROKEN", number: 7 } });
		expect(await rows()).toBe(6);
		expect((await book(chain, 7, 10)).number).toBe(10);
	});

	test("a box that was set back and sold on is a fork: nothing is stored and nothing is overwritten", async () => {
		const chain = new TestChain();
		for (let index = 0; index < 10; index++) chain.sell(saleOf(index));
		await book(chain, 1, 10);
		const restored = new TestChain();
		Object.assign(restored, { box: chain.box });
		for (const line of chain.lines.slice(0, 6)) restored.append("sale", JSON.parse(line).payload, JSON.parse(line).id);
		for (let index = 0; index < 6; index++) restored.sell(saleOf(50 + index));
		const before = await figures();
		for (const first of [6, 7, 11]) {
			expect(await book(restored, first, 12)).toMatchObject({ number: 10, refused: { code: "CHAIN_FORKED" } });
		}
		expect(await figures()).toEqual(before);
	});

	describe("a box restored from a backup", () => {
		const FIRST = 1_795_000_000_000;
		const chain = (length: number): TestChain => {
			const grown = new TestChain();
			for (let index = 0; index < length; index++) grown.sell(saleOf(index));
			return grown;
		};
		const bookEpoch = (epoch: TestChain, from = 0, to = epoch.lines.length) => {
			const first = epoch.head.number - epoch.lines.length + 1;
			return book(epoch, first + from, first + to - 1, epoch.lines.slice(from, to));
		};

		test("goes on in a new epoch: what the books had is kept, and a sale redelivered to it counts once", async () => {
			const lost = chain(10);
			await book(lost, 1, 10);
			const epoch = lost.restore(6, FIRST);
			// The register sends the lost sales 7 and 8 again; then it sells on.
			for (const line of lost.lines.slice(6, 8)) epoch.sell(JSON.parse(line).payload);
			for (let index = 0; index < 3; index++) epoch.sell(saleOf(100 + index));
			expect(await bookEpoch(epoch)).toMatchObject({ number: FIRST + 5, hash: epoch.head.hash });
			expect(await rows()).toBe(16);
			expect((await figures()).sales).toBe(13);
			epoch.sell(saleOf(200));
			expect(await bookEpoch(epoch, 6)).toMatchObject({ number: FIRST + 6 });
			// And everything again changes nothing.
			await book(lost, 1, 10);
			await bookEpoch(epoch);
			expect(await rows()).toBe(17);
			expect((await figures()).sales).toBe(14);
		});

		test("is asked for the rows of its backup first, where the books lack those", async () => {
			const lost = chain(10);
			await book(lost, 1, 4);
			const epoch = lost.restore(6, FIRST);
			expect(await bookEpoch(epoch)).toMatchObject({ number: 4, gap: true });
			await book(lost, 5, 6);
			expect(await bookEpoch(epoch)).toMatchObject({ number: FIRST });
		});

		test("may be restored from the same backup again, and from one of a later epoch", async () => {
			const lost = chain(10);
			await book(lost, 1, 10);
			const second = lost.restore(6, FIRST);
			for (let index = 0; index < 3; index++) second.sell(saleOf(100 + index));
			await bookEpoch(second);
			const again = lost.restore(6, FIRST + 1_000_000);
			again.sell(saleOf(200));
			expect(await bookEpoch(again)).toMatchObject({ number: FIRST + 1_000_001 });
			expect(await rows()).toBe(10 + 4 + 2);
			expect((await figures()).sales).toBe(14);
		});

		test("does not swallow what the lost box had still under way", async () => {
			const lost = chain(12);
			await book(lost, 1, 8);
			const epoch = lost.restore(6, FIRST);
			await bookEpoch(epoch);
			const ack = await book(lost, 8, 12);
			expect(ack).toMatchObject({ number: FIRST });
			expect(ack.refused).toBeUndefined();
			expect(await rows()).toBe(13);
			expect((await figures()).sales).toBe(12);
		});

		test("is a fork where its backup is of another journal than the books hold", async () => {
			const lost = chain(10);
			await book(lost, 1, 10);
			const other = chain(10);
			Object.assign(other, { box: lost.box });
			const epoch = other.restore(6, FIRST);
			expect(await bookEpoch(epoch)).toMatchObject({ number: 10, refused: { code: "CHAIN_FORKED", number: FIRST } });
			const holed = lost.restore(6, FIRST);
			holed.sell(saleOf(100));
			expect(await bookEpoch(holed, 1)).toMatchObject({ number: 10, gap: true });
			expect(await rows()).toBe(10);
		});
	});

	test("a sale that two boxes of a shop bring is in both chains and counts once", async () => {
		const [one, two] = [new TestChain(), new TestChain()];
		const sale = saleOf(1);
		one.sell(sale);
		two.sell(saleOf(2));
		two.sell(sale);
		await book(one, 1, 1);
		expect((await book(two, 1, 2)).number).toBe(2);
		expect((await figures()).sales).toBe(2);
		expect(await rows()).toBe(3);
	});

	test("stock: sold and received add up, a count sets it, waste is taken away whatever its sign", async () => {
		const chain = new TestChain();
		const { lines } = saleOf(0);
		const sold = Object.fromEntries(lines.map(({ sku, quantity }) => [sku, quantity]));
		chain.move({ sku: "4002", type: "receive", quantity: 20_000 });
		chain.sell(saleOf(0));
		chain.move({ sku: "4002", type: "waste", quantity: 500 });
		chain.move({ sku: "4002", type: "waste", quantity: -250 });
		await book(chain, 1, 4);
		expect(await stock()).toMatchObject({ "4002": 20_000 - (sold["4002"] ?? 0) - 750 });
		chain.move({ sku: "4002", type: "count", quantity: 9_000 });
		chain.sell(saleOf(0));
		chain.move({ sku: "4002", type: "adjust", quantity: -100 });
		await book(chain, 5, 7);
		expect(await stock()).toMatchObject({ "4002": 9_000 - (sold["4002"] ?? 0) - 100, "8810": -2_000 });
	});

	test("a sale counts in the group its product had at that moment", async () => {
		const chain = new TestChain();
		const product = { sku: "4002", name: "Elstar", unit: "kg", unitPrice: 299, vatRate: 900 } as const;
		const sale = () => saleOf(0, { lines: saleOf(0).lines.slice(0, 1), total: 374 });
		chain.sell(sale());
		chain.product({ ...product, group: "fruit" });
		chain.sell(sale());
		chain.product({ ...product, group: "appels" });
		chain.sell(sale());
		await book(chain, 1, 3);
		await book(chain, 4, 5);
		expect((await figures()).byGroup).toEqual([
			{ group: "appels", total: 374 },
			{ group: "fruit", total: 374 },
			{ group: "unknown", total: 374 },
		]);
	});

	test("a refund counts as one, and takes off what it gives back", async () => {
		const chain = new TestChain();
		const sale = saleOf(0);
		const lines = sale.lines.map((line) => ({ ...line, quantity: -line.quantity, total: -line.total }));
		chain.sell(sale);
		const payments = [{ method: "pin" as const, amount: -sale.total }];
		chain.sell(saleOf(0, { refundOf: sale.id, lines, payments, total: -sale.total }));
		await book(chain, 1, 2);
		expect(await figures()).toMatchObject({ total: 0, sales: 1, refunds: 1 });
		expect(Object.values(await stock())).toEqual([0, 0, 0]);
	});

	test("texts that PostgreSQL has no characters for are kept as they are", async () => {
		const chain = new TestChain();
		const [line] = saleOf(0).lines;
		if (!line) throw new Error("a basket has lines");
		const name = 'nul \u0000 and a lone \ud800, a quote " and a \\';
		chain.sell(saleOf(0, { lines: [{ ...line, name }], total: line.total }));
		chain.product({ sku: "4002", name, group: "fruit", unit: "kg", unitPrice: 299, vatRate: 900 });
		expect(await book(chain, 1, 2)).toMatchObject({ number: 2 });
		const [row] = await database.query<{ payload: string }>(
			"select payload::text as payload from events where shop = $1 and number = 1",
			[shop],
		);
		expect(JSON.parse(row?.payload ?? "")).toEqual(JSON.parse(chain.lines[0] ?? "").payload);
	});

	test("the tables are brought up to date once, and again without harm", async () => {
		await migrate(database);
		const chain = new TestChain();
		chain.sell(saleOf(0));
		await book(chain, 1, 1);
		await migrate(database);
		expect(await rows()).toBe(1);
	});

	test("every head is known, to be said again after a start", async () => {
		const chain = new TestChain();
		for (let index = 0; index < 3; index++) chain.sell(saleOf(index));
		await book(chain, 1, 3);
		const heads = (await ledger.heads()).filter((head) => head.shop === shop);
		expect(heads.map(({ acknowledgement }) => acknowledgement)).toMatchObject([
			{ box: chain.box, number: 3, hash: chain.hashes[3] },
		]);
	});
});
