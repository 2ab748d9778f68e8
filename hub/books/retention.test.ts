import { join } from "node:path";
import { type RelayState, relayState } from "@kassahub/contracts/relay-state.ts";
import { pino } from "pino";
import { expect, test } from "vitest";
import { openClock } from "../clock.ts";
import { archivesIn } from "../journal/archive.ts";
import { verifyJournal } from "../journal/verify.ts";
import { Books } from "./books.ts";
import { saleFrom, submitSale, temporaryDir } from "./fixture.ts";
import { Retention } from "./retention.ts";

const SALES = 1200;
const YEAR_MS = 366 * 86_400_000;

test("only what the cloud acknowledged and what is old is archived, while registers sell and the relay reads on", async () => {
	using dir = temporaryDir();
	const first = await Books.open({ dataDir: dir.path });
	const sales = Array.from({ length: SALES }, () => saleFrom("kassa-1"));
	await Promise.all(sales.map((sale) => first.submit(submitSale(sale))));
	await first.close();
	const books = await Books.open({ dataDir: dir.path });
	const whole = await books.lines(0, SALES, 1e9);
	let heard: RelayState | undefined;
	let days: number | undefined;
	const retention = new Retention({
		books,
		keepDays: () => days,
		relay: { state: () => heard },
		clock: openClock({ offsetMs: YEAR_MS }),
		log: pino({ level: "silent" }),
		pauseMs: 0,
	});
	const untouched = async () => {
		await retention.look();
		expect(archivesIn(dir.path)).toEqual([]);
	};
	heard = { ...relayState.example, acknowledged: SALES };
	await untouched();
	days = 400;
	await untouched();
	days = 31;
	heard = { ...relayState.example, acknowledged: SALES, state: "stopped" };
	await untouched();
	heard = { ...relayState.example, acknowledged: 1100 };
	const selling = Promise.all(Array.from({ length: 50 }, () => books.submit(submitSale(saleFrom("kassa-2")))));
	await retention.look();
	await selling;
	expect(archivesIn(dir.path)).toHaveLength(1);
	const after = await books.lines(0, SALES, 1e9);
	expect(Buffer.from(after.body).equals(Buffer.from(whole.body))).toBe(true);
	expect(await books.submit(submitSale(sales[0] as (typeof sales)[0]))).toMatchObject({
		booking: { number: 1, duplicate: true },
	});
	expect(await books.rebuild()).toEqual({ entries: SALES + 50, same: true });
	await retention.close();
	await books.close();
	expect(verifyJournal(join(dir.path, "journal.db"))).toMatchObject({ entries: SALES + 50, faults: [] });
});
