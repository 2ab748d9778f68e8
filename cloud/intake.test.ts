import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { type Acknowledgement, acknowledgementTopic, batchTopic } from "@kassahub/contracts/relay-batch.ts";
import { Aedes } from "aedes";
import { connectAsync, type MqttClient } from "mqtt";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { saleOf, TestChain } from "./chain-of-sales.ts";
import { Intake } from "./intake.ts";
import { Ledger } from "./ledger.ts";
import type { Database } from "./store/database.ts";
import { openStore } from "./store/open.ts";

const OFFICE = "kassahub-office";
const log = pino({ level: "silent" });
const topic = batchTopic("vijzel");

/** What happened, in order: a commit of the books, a PUBACK of the office. */
let events: string[];
let moments: EventEmitter;
/** Makes the next transactions fail, as when the database is away. */
let failures: number;
let database: Database;
let broker: Aedes;
let intake: Intake;
let relay: MqttClient;
let close: () => Promise<void>;

beforeEach(async () => {
	events = [];
	failures = 0;
	moments = new EventEmitter();
	const note = (event: string) => {
		events.push(event);
		moments.emit(event);
	};
	const dataDir = mkdtempSync(join(tmpdir(), "kassahub-intake-"));
	database = await openStore({ url: undefined, dataDir, log });
	const watched: Database = {
		...database,
		transaction: async (work) => {
			if (failures-- > 0) {
				note("failure");
				throw new Error("the database is away");
			}
			const result = await database.transaction(work);
			note("commit");
			return result;
		},
	};
	broker = await Aedes.createBroker();
	broker.on("ack", (packet, client) => {
		if (client.id === OFFICE && packet) note("PUBACK");
	});
	const server = createServer((socket) => broker.handle(socket)).listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (!address || typeof address === "string") throw new Error("no port");
	const url = `mqtt://127.0.0.1:${address.port}`;
	intake = new Intake(
		{ url, username: "office", password: "x", clientId: OFFICE },
		new Ledger(watched, () => new Date()),
		log,
	);
	const subscribed = once(broker, "subscribe");
	intake.open();
	await subscribed;
	relay = await connectAsync(url, { clientId: "relay" });
	close = async () => {
		await relay.endAsync(true);
		await intake.close();
		await new Promise<void>((resolve) => broker.close(resolve));
		server.close();
		await database.close();
		rmSync(dataDir, { recursive: true });
	};
});
afterEach(() => close());

const pack = ({ box, lines }: TestChain, first = 1, changes: object = {}): Buffer => {
	const rows = lines.slice(first - 1);
	const header = {
		v: 1,
		shop: "vijzel",
		shopName: "V",
		box,
		first,
		last: lines.length,
		count: rows.length,
		...changes,
	};
	return zstdCompressSync(Buffer.from([JSON.stringify(header), ...rows, ""].join("\n")));
};
const chainOf = (length: number): TestChain => {
	const chain = new TestChain();
	for (let index = 0; index < length; index++) chain.sell(saleOf(index));
	return chain;
};
/** Sends a batch and waits for the acknowledgement of it. */
const send = async (chain: TestChain, payload: Buffer): Promise<Acknowledgement> => {
	await relay.subscribeAsync(acknowledgementTopic("vijzel", chain.box), { qos: 1 });
	const heard = new Promise<string>((resolve) => relay.once("message", (_topic, answer) => resolve(answer.toString())));
	await relay.publishAsync(topic, payload, { qos: 1 });
	return JSON.parse(await heard);
};

test("a batch's PUBACK leaves only after the books are committed", async () => {
	const acknowledged = once(moments, "PUBACK");
	const chain = chainOf(5);
	await send(chain, pack(chain));
	await acknowledged;
	expect(events).toEqual(["commit", "PUBACK"]);
});

test("books that can't be written give no PUBACK: the batch comes again and is booked once", async () => {
	failures = 2;
	const chain = chainOf(5);
	const acknowledged = once(moments, "PUBACK");
	expect(await send(chain, pack(chain))).toMatchObject({ number: 5, hash: chain.hashes[5] });
	await acknowledged;
	expect(events).toEqual(["failure", "failure", "commit", "PUBACK"]);
	expect(await database.query("select count(*)::int as rows from events")).toEqual([{ rows: 5 }]);
});

test("a gap is answered with where the books are", async () => {
	const chain = chainOf(5);
	expect(await send(chain, pack(chain, 3))).toMatchObject({ number: 0, gap: true });
});

test("a batch that brings other rows than it says is refused, and those behind it are still heard", async () => {
	const chain = chainOf(5);
	expect(await send(chain, pack(chain, 1, { last: 9, count: 9 }))).toMatchObject({
		number: 0,
		refused: { code: "BATCH_INVALID", number: 1 },
	});
	expect(await send(chain, pack(chain))).toMatchObject({ number: 5 });
});

test("a date that no calendar has is refused, not tried for ever", async () => {
	const chain = chainOf(2);
	chain.sell(saleOf(3, { at: "2026-02-31T10:00:00.000+01:00" }));
	expect(await send(chain, pack(chain))).toMatchObject({ number: 0, refused: { code: "BATCH_INVALID" } });
});

test("what is no batch at all is passed over", async () => {
	await relay.publishAsync(topic, "garbage", { qos: 1 });
	const chain = chainOf(1);
	expect(await send(chain, pack(chain))).toMatchObject({ number: 1 });
});
