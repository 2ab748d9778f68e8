import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { saleOf, TestChain } from "../chain-of-sales.ts";
import { Ledger } from "../ledger.ts";
import type { Database } from "../store/database.ts";
import { openStore } from "../store/open.ts";
import type { App } from "./app.ts";
import { LiveTicks } from "./live.ts";
import { createApi } from "./server.ts";

const log = pino({ level: "silent" });
const now = () => new Date("2026-11-23T17:00:00.000Z");
const dataDir = mkdtempSync(join(tmpdir(), "kassahub-office-"));
let database: Database;
let ticks: LiveTicks;
let app: App;
let isHearing = true;
const [vijzel, molen] = [new TestChain(), new TestChain()];
const sales = Array.from({ length: 40 }, (_, index) => saleOf(index * 40));

beforeAll(async () => {
	database = await openStore({ url: undefined, dataDir, log });
	const ledger = new Ledger(database, now);
	vijzel.product({ sku: "4002", name: "Elstar", group: "fruit", unit: "kg", unitPrice: 299, vatRate: 900 });
	for (const sale of sales) vijzel.sell(sale);
	// A week before, and one cent less.
	vijzel.sell(saleOf(0, { at: "2026-11-16T09:30:00.000+01:00", register: "kassa-9" }));
	vijzel.move({ sku: "77", type: "receive", quantity: 5_000 });
	for (const index of [1, 2, 3]) molen.sell(saleOf(index));
	const book = (shop: string, shopName: string, { box, lines }: TestChain) =>
		ledger.book({ header: { v: 1, shop, shopName, box, first: 1, last: lines.length, count: lines.length }, lines });
	await book("vijzel", "De Vijzel", vijzel);
	await book("molen", "De Molen", molen);
	ticks = new LiveTicks();
	app = await createApi({ database, isHearing: () => isHearing, ticks, now, token: undefined }, log);
});
afterAll(async () => {
	await app.close();
	await database.close();
	rmSync(dataDir, { recursive: true });
});

const get = async (url: string, headers: Record<string, string> = {}) => {
	const answer = await app.inject({ url, headers: { host: "localhost:8090", ...headers } });
	return {
		status: answer.statusCode,
		body: answer.headers["content-type"]?.includes("json") ? answer.json() : answer.body,
	};
};
const sum = (list: { total: number }[]) => list.reduce((all, { total }) => all + total, 0);

describe("the office's API", () => {
	test("shops: today's turnover, sales and how far each box has come", async () => {
		const { body } = await get("/api/v1/shops");
		expect(body.shops).toMatchObject([
			{ shop: "molen", name: "De Molen", day: "2026-11-23", sales: 3, lastNumber: 3, heardAt: now().toISOString() },
			{
				shop: "vijzel",
				day: "2026-11-23",
				total: sum(sales),
				sales: 40,
				lastNumber: 43,
				boxes: [{ box: vijzel.box, number: 43 }],
			},
		]);
	});

	test("turnover: of today by default, and every table adds up to the total", async () => {
		const { body } = await get("/api/v1/turnover?shop=vijzel");
		expect(body).toMatchObject({ shop: "vijzel", from: "2026-11-23", to: "2026-11-23", total: sum(sales), sales: 40 });
		for (const table of ["byVatRate", "byGroup", "byHour", "byRegister", "byDay"])
			expect(sum(body[table])).toBe(body.total);
		expect(body.byGroup.map(({ group }: { group: string }) => group)).toEqual(["fruit", "unknown"]);
	});

	test("turnover: the same weekday a week before stands beside it", async () => {
		const { body } = await get("/api/v1/turnover?shop=vijzel&day=2026-11-23");
		expect(body.lastWeek).toMatchObject({ from: "2026-11-16", to: "2026-11-16", sales: 1, total: saleOf(0).total });
		const { body: both } = await get("/api/v1/turnover?from=2026-11-16&to=2026-11-23");
		expect(both).toMatchObject({ shop: null, sales: 44, lastWeek: { from: "2026-11-02", to: "2026-11-09", sales: 0 } });
		expect(both.byDay.map(({ day }: { day: string }) => day)).toEqual(["2026-11-16", "2026-11-23"]);
	});

	test.for(["day=2026-02-31", "day=vandaag", "to=2026-11-23", "from=2026-11-23&to=2026-11-01", "shop=De%20Vijzel"])(
		"turnover?%s is refused with its reason",
		async (query) => {
			expect(await get(`/api/v1/turnover?${query}`)).toMatchObject({
				status: 400,
				body: { code: "PARAMETER_INVALID" },
			});
		},
	);

	test("stock: every product by shop, page by page, and by part of its name", async () => {
		const { body } = await get("/api/v1/stock?limit=2");
		expect(body.products.map(({ sku }: { sku: string }) => sku)).toEqual(["1031", "4002"]);
		const { body: rest } = await get(`/api/v1/stock?limit=2&after=${body.next}`);
		expect(rest).toMatchObject({
			products: [{ sku: "77", quantities: { vijzel: 5_000 } }, { sku: "8810" }],
			next: null,
		});
		const { body: found } = await get("/api/v1/stock?search=elst");
		const { quantities, ...product } = found.products[0];
		expect(product).toEqual({ sku: "4002", name: "Elstar", group: "fruit", unit: "kg" });
		expect(Object.keys(quantities).sort()).toEqual(["molen", "vijzel"]);
		expect((await get("/api/v1/stock?search=%25")).body.products).toEqual([]);
	});

	test("sales: the latest first, and each one whole", async () => {
		const { body } = await get("/api/v1/sales?shop=vijzel&limit=5");
		expect(body.sales).toHaveLength(5);
		expect(body.sales[0]).toMatchObject({ shopName: "De Vijzel", lines: 3, methods: ["pin"] });
		const times = body.sales.map(({ at }: { at: string }) => at);
		expect(times).toEqual([...times].sort().reverse());
		const sale = sales[7];
		expect((await get(`/api/v1/sales/${sale?.id}`)).body).toMatchObject({
			shop: "vijzel",
			number: 9,
			inBooks: true,
			sale,
		});
		expect(await get(`/api/v1/sales/${vijzel.box}`)).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
	});

	test("live: a page hears that a shop's figures changed", async () => {
		const url = await app.listen({ host: "127.0.0.1", port: 0 });
		const answer = await fetch(`${url}/api/v1/live`);
		const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
		expect((await reader?.read())?.value).toContain("retry:");
		ticks.change("vijzel");
		ticks.change("molen");
		ticks.change("vijzel");
		expect((await reader?.read())?.value).toBe('event: figures\ndata: {"shops":["vijzel","molen"]}\n\n');
		await reader?.cancel();
	});

	test("health says whether sales can come in, metrics how long each box was silent", async () => {
		expect(await get("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
		isHearing = false;
		expect((await get("/healthz")).status).toBe(503);
		isHearing = true;
		expect((await get("/metrics")).body).toContain(
			`kassahub_office_journal_number{shop="vijzel",box="${vijzel.box}"} 43`,
		);
	});

	test("a path that is not there is a problem with a code", async () => {
		expect(await get("/api/v1/nothing")).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
	});
});
