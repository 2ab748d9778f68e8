import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { saleOf, TestChain } from "../cloud/chain-of-sales.ts";
import { ThrowawayPostgres } from "../cloud/store/throwaway-postgres.ts";
import { JournalServer } from "./journal-server.ts";
import { RelayLine } from "./relay-line.ts";
import { getJson } from "./shop.ts";

const chainOf = (length: number, box?: string): TestChain => {
	const chain = new TestChain();
	if (box) Object.assign(chain, { box });
	for (let index = 0; index < length; index++) chain.sell(saleOf(index));
	return chain;
};

/** The same box with the first `length` rows of its journal, as an old backup of it has them. */
const restored = (chain: TestChain, length: number): TestChain => {
	const copy = new TestChain();
	Object.assign(copy, { box: chain.box });
	for (const line of chain.lines.slice(0, length)) copy.append("sale", JSON.parse(line).payload, JSON.parse(line).id);
	return copy;
};

// Longer than each wait within, so that a wait that fails can say what it waited for.
vi.setConfig({ testTimeout: 240_000 });

let postgres: ThrowawayPostgres;
beforeAll(() => {
	postgres = new ThrowawayPostgres();
});
afterEach(() => postgres.empty());
afterAll(() => postgres[Symbol.dispose]());

const start = async (line: RelayLine): Promise<void> => {
	await line.open({ databaseUrl: postgres.url });
	line.start("cloud");
	line.start("cloud-relay");
};

const replace = (lines: string[], by: readonly string[]): void => {
	lines.splice(0, lines.length, ...by);
};

test("a box whose old backup was restored stops, says so, and books nothing over what the office has", async () => {
	const chain = chainOf(300);
	const rows = [...chain.lines];
	await using line = new RelayLine(new JournalServer(chain.box, rows));
	await start(line);
	await line.untilStored(300);
	await line.end("cloud-relay", "SIGKILL");

	replace(rows, restored(chain, 200).lines);
	line.start("cloud-relay");
	const shorter = await line.untilState("a shorter journal to be noticed", ({ state }) => state === "stopped");
	expect(shorter.fault?.code).toBe("CHAIN_FORKED");
	await line.end("cloud-relay", "SIGKILL");

	// And sells on, past what the office has.
	const sold = restored(chain, 200);
	for (let index = 0; index < 150; index++) sold.sell(saleOf(1_000 + index));
	replace(rows, sold.lines);
	line.start("cloud-relay");
	const longer = await line.untilState("another journal to be noticed", ({ state }) => state === "stopped");
	expect(longer.fault?.code).toBe("CHAIN_FORKED");
	expect(await line.stored()).toBe(300);
	expect(await getJson(`${line.officeUrl}/api/v1/turnover?day=2026-11-23`)).toMatchObject({ sales: 300 });
});

test("a box restored by the book goes on under new numbers; the office keeps what it had, and says so", async () => {
	const chain = chainOf(300);
	const rows = [...chain.lines];
	await using line = new RelayLine(new JournalServer(chain.box, rows));
	await start(line);
	await line.untilStored(300);
	await line.end("cloud-relay", "SIGKILL");

	const first = 1_795_000_000_000;
	const epoch = chain.restore(200, first);
	// A register sends again what it had not seen acknowledged, and sells on.
	for (const row of chain.lines.slice(290)) epoch.sell(JSON.parse(row).payload);
	for (let index = 0; index < 1_500; index++) epoch.sell(saleOf(1_000 + index));
	replace(rows, [...chain.lines.slice(0, 200), ...epoch.lines]);
	const { number, hash } = epoch.head;
	line.start("cloud-relay");
	await line.say({ number, hash, epochs: [{ after: 200, first }] });
	await line.untilStored(number);
	const live = await line.untilState("the relay to be done", ({ acknowledged }) => acknowledged === number);
	expect(live).toMatchObject({ state: "live", backlog: 0, lost: { first: 201, last: 300 } });
	expect(await getJson(`${line.officeUrl}/api/v1/turnover?day=2026-11-23`)).toMatchObject({ sales: 1_800 });
});

test("a changed row stops the relay where it stands; once it is repaired the relay goes on by itself", async () => {
	const chain = chainOf(100);
	const rows = chain.lines.with(59, (chain.lines[59] ?? "").replace('"employee":"m4"', '"employee":"m5"'));
	await using line = new RelayLine(new JournalServer(chain.box, rows));
	await start(line);
	const stopped = await line.untilState("the changed row to be refused", ({ state }) => state === "stopped");
	expect(stopped).toMatchObject({ acknowledged: 59, backlog: 41, fault: { code: "CHAIN_BROKEN" } });
	replace(rows, chain.lines);
	await line.crash("cloud");
	await line.untilStored(100);
	const live = await line.untilState("the relay to be done", ({ acknowledged }) => acknowledged === 100);
	expect(live).toMatchObject({ state: "live" });
	expect(live.fault).toBeUndefined();
});

test("an office that lost its books is filled again from the first row", async () => {
	const chain = chainOf(3_000);
	const rows = chain.lines.slice(0, 2_500);
	await using line = new RelayLine(new JournalServer(chain.box, rows));
	await start(line);
	await line.untilStored(2_500);
	await line.end("cloud", "SIGTERM");
	postgres.empty();
	line.start("cloud");
	await line.untilStored(2_500);
	replace(rows, chain.lines);
	await line.untilStored(3_000);
	expect(await getJson(`${line.officeUrl}/api/v1/turnover?day=2026-11-23`)).toMatchObject({ sales: 3_000 });
});

test("while the hub's journal can't be read nothing is lost, and new rows follow when it can", async () => {
	const chain = chainOf(500);
	const hub = new JournalServer(chain.box, chain.lines);
	hub.length = 200;
	await using line = new RelayLine(hub);
	await start(line);
	await line.untilStored(200);
	hub.isDown = true;
	hub.length = 500;
	await line.say({ number: 500, hash: chain.head.hash });
	await line.untilState("the backlog to be known", ({ backlog }) => backlog === 300);
	hub.isDown = false;
	await line.untilStored(500);
});

test("a relay that is told to leave does so cleanly and says that nothing is on its way", async () => {
	const chain = chainOf(50);
	await using line = new RelayLine(new JournalServer(chain.box, chain.lines));
	await start(line);
	await line.untilStored(50);
	await line.untilState("the relay to be done", ({ state, acknowledged }) => state === "live" && acknowledged === 50);
	expect(await line.end("cloud-relay", "SIGTERM")).toBe(0);
	expect(line.state).toMatchObject({ state: "waiting", acknowledged: 50, fault: { code: "RELAY_WAITING" } });
});

test("a relay that dies says so too, by its last will", async () => {
	const chain = chainOf(50);
	await using line = new RelayLine(new JournalServer(chain.box, chain.lines));
	await start(line);
	await line.untilState("the relay to be live", ({ state }) => state === "live");
	await line.end("cloud-relay", "SIGKILL");
	await line.untilState("the last will", ({ state, fault }) => state === "waiting" && fault?.detail !== undefined);
});
