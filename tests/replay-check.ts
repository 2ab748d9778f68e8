import { join } from "node:path";
import { pino } from "pino";
import { expect } from "vitest";
import { openStore } from "../cloud/store/open.ts";
import {
	daysOf,
	idsInJournal,
	idsInOffice,
	isRelayed,
	sumsOfHub,
	sumsOfOffice,
	sumsSent,
	totalOf,
} from "./replay-books.ts";
import { replay } from "./replay-run.ts";
import { Shop, until } from "./shop.ts";

/**
 * Sells every basket of a file in a shop of its own, then holds three books against each other: what was sent, the
 * hub's and the back office's, which is embedded where no PostgreSQL server is named. Each must have every sale once, and the same sums per day and VAT rate, to the cent.
 * Gives the number of baskets, and a line of figures.
 */
export async function checkReplay(
	file: string,
	{ relayWithinMs, databaseUrl }: { relayWithinMs: number; databaseUrl?: string },
): Promise<{ baskets: number; report: string }> {
	await using shop = await Shop.create();
	if (databaseUrl) shop.environment.DATABASE_URL = databaseUrl;
	const running = await shop.start();

	const startedAt = performance.now();
	const { sales, bookings } = await replay(file, running);
	const soldAt = performance.now();
	await until("the back office to have the whole journal", () => isRelayed(running), relayWithinMs);
	const relayedAt = performance.now();

	const ids = sales.map(({ id }) => id).sort();
	const sums = sumsSent(sales);
	expect(bookings.filter(({ duplicate }) => duplicate)).toEqual([]);
	expect(bookings.flatMap(({ flags }) => flags)).toEqual([]);
	expect((await idsInJournal(running)).sort()).toEqual(ids);
	expect(await sumsOfHub(running, daysOf(sums))).toEqual(sums);
	await shop.cli("journal", "verify");

	// The embedded back office keeps its database to itself while it runs.
	await shop.stop();
	const log = pino({ level: "warn" });
	const office = await openStore({ url: databaseUrl, dataDir: join(shop.dataDir, "office"), log });
	try {
		expect((await idsInOffice(office)).sort()).toEqual(ids);
		expect(await sumsOfOffice(office)).toEqual(sums);
	} finally {
		await office.close();
	}

	const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
	const report =
		`${sales.length} baskets, ${totalOf(sums)} cents on ${daysOf(sums).size} days: ` +
		`booked in ${seconds(startedAt, soldAt)} s, in the back office ${seconds(soldAt, relayedAt)} s later`;
	return { baskets: sales.length, report };
}
