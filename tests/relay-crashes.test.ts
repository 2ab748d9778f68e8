import { createHash } from "node:crypto";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { saleOf, TestChain } from "../cloud/chain-of-sales.ts";
import { openStore } from "../cloud/store/open.ts";
import { ThrowawayPostgres } from "../cloud/store/throwaway-postgres.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { JournalServer } from "./journal-server.ts";
import { Mosquitto } from "./mosquitto.ts";
import { RelayLine } from "./relay-line.ts";
import { getJson, until } from "./shop.ts";

const isFull = process.env.KASSAHUB_FULL === "1";
/** In full what a busy shop sells in a month. */
const ROWS = isFull ? 100_000 : 20_000;
const WITHIN_MS = isFull ? 1_200_000 : 240_000;
const SEED = Number(process.env.KASSAHUB_SEED ?? 4711);
const log = pino({ level: "silent" });
const chain = new TestChain();
let total = 0;

beforeAll(() => {
	for (let index = 0; index < ROWS; index++) {
		const sale = saleOf(index);
		total += sale.total;
		chain.sell(sale);
	}
});

/** The same numbers for the same seed, so that a crash can be replayed: `KASSAHUB_SEED=… vitest run tests/relay-crashes`. */
function* seeded(seed: number): Generator<number, never> {
	for (let step = 0; ; step++) {
		yield createHash("sha256").update(`${seed}:${step}`).digest().readUInt32BE() / 2 ** 32;
	}
}

/** Every row once, in order, as it was sold; and the figures are the sums of exactly these. */
async function expectWhole(line: RelayLine, databaseUrl?: string): Promise<void> {
	const turnover = await getJson<{ total: number; sales: number }>(
		`${line.officeUrl}/api/v1/turnover?shop=vijzel&day=2026-11-23`,
	);
	expect(turnover).toMatchObject({ total, sales: ROWS });
	expect(await line.end("cloud", "SIGTERM")).toBe(0);
	const dataDir = join(line.folder, "data", "office");
	const database = await openStore({ url: databaseUrl, dataDir, log });
	const rows = await database.query<{ number: number; hash: string }>(
		"select number, hash from events order by number",
	);
	const sold = await database.query("select sku, quantity from stock order by sku");
	await database.close();
	expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
	expect(rows.map(({ hash }) => hash)).toEqual(chain.hashes.slice(1));
	const quantities = new Map<string, number>();
	for (const text of chain.lines) {
		for (const { sku, quantity } of JSON.parse(text).payload.lines) {
			quantities.set(sku, (quantities.get(sku) ?? 0) - quantity);
		}
	}
	expect(sold).toEqual([...quantities].sort().map(([sku, quantity]) => ({ sku, quantity })));
}

/** Kills one of the two, again and again, each time when some more rows have come through. */
async function crashOften(line: RelayLine, times: number): Promise<void> {
	const random = seeded(SEED);
	for (let crash = 1; crash <= times; crash++) {
		const aim = Math.floor((ROWS * (crash - 1 + random.next().value)) / times);
		await line.untilStored(Math.max(1, aim), WITHIN_MS);
		const part = crash % 2 === 0 ? "cloud-relay" : "cloud";
		console.log(`seed ${SEED}: ${part} killed after row ${aim}`);
		await line.crash(part);
	}
	await line.untilStored(ROWS, WITHIN_MS);
}

describe("relay and cloud, killed at any moment", () => {
	test(
		"over the cloud's own broker and embedded books, every row arrives once and in order",
		async () => {
			await using line = new RelayLine(new JournalServer(chain.box, chain.lines));
			await line.open();
			line.start("cloud");
			line.start("cloud-relay");
			await crashOften(line, 4);
			const state = await line.untilState("the relay to be done", ({ acknowledged }) => acknowledged === ROWS);
			expect(state).toMatchObject({ state: "live", backlog: 0 });
			await expectWhole(line);
		},
		WITHIN_MS,
	);

	describe("over Mosquitto and a PostgreSQL server", () => {
		let postgres: ThrowawayPostgres;
		beforeAll(() => {
			postgres = new ThrowawayPostgres();
		});
		afterAll(() => postgres[Symbol.dispose]());

		test(
			"with the line cut, silent and slow, and the database restarted, every row arrives once and in order",
			async () => {
				await using mosquitto = new Mosquitto();
				await mosquitto.start();
				const proxy = new FaultProxy(mosquitto.port);
				const relayUrl = `mqtt://127.0.0.1:${await proxy.open()}`;
				const broker = { ...mosquitto, url: `mqtt://127.0.0.1:${mosquitto.port}` };
				await using line = new RelayLine(new JournalServer(chain.box, chain.lines));
				await line.open({ broker, relayUrl, databaseUrl: postgres.url });
				await line.say(chain.head);
				// Weeks without a line: the whole journal waits.
				proxy.isRefusing = true;
				line.start("cloud");
				line.start("cloud-relay");
				await line.untilState("all to be waiting", ({ state, backlog }) => state === "waiting" && backlog === ROWS);
				proxy.isRefusing = false;
				proxy.bytesPerSecond = 400_000;
				proxy.latencyMs = 20;
				await line.untilStored(1_000);
				proxy.reset();
				await line.untilStored(3_000);
				await line.crash("cloud");
				await line.untilStored(5_000);
				proxy.isRefusing = true;
				proxy.reset();
				await line.untilState("the relay to wait", ({ state }) => state === "waiting");
				proxy.isRefusing = false;
				await line.untilStored(7_000);
				postgres.restart();
				await line.untilStored(9_000);
				proxy.isBlackhole = true;
				await line.crash("cloud-relay");
				await until("a connection to be lost in silence", () => line.state?.state === "waiting" || undefined);
				proxy.isBlackhole = false;
				proxy.reset();
				await line.untilStored(12_000);
				// The broker goes, and with it whatever it had not yet written to its disk.
				await mosquitto.stop();
				await mosquitto.start();
				await line.untilStored(ROWS, WITHIN_MS);
				await line.untilState("the relay to be done", ({ acknowledged }) => acknowledged === ROWS);
				await proxy.close();
				await expectWhole(line, postgres.url);
			},
			WITHIN_MS,
		);
	});
});
