import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ThrowawayPostgres } from "../cloud/store/throwaway-postgres.ts";
import { checkReplay } from "./replay-check.ts";

const year = join(import.meta.dirname, "../../shared/data/complete-journey-transactions.csv.gz");
const slice = join(import.meta.dirname, "../demo/replay-slice.csv.gz");
const input = existsSync(year)
	? { file: year, baskets: 47_243, what: "a real year of 47,243 baskets" }
	: { file: slice, baskets: 1500, what: `ONLY 1,500 real baskets, as ${year} is absent,` };

const RELAY_WITHIN_MS = 900_000;

test(`${input.what} through registers, hub, relay and cloud is booked once each, to the cent`, async () => {
	const { baskets, report } = await checkReplay(input.file, { relayWithinMs: RELAY_WITHIN_MS });
	console.log(report);
	expect(baskets).toBe(input.baskets);
});

test(`${input.what} is the same in a back office on a PostgreSQL server`, async () => {
	using postgres = new ThrowawayPostgres();
	const { baskets, report } = await checkReplay(input.file, {
		relayWithinMs: RELAY_WITHIN_MS,
		databaseUrl: postgres.url,
	});
	console.log(report);
	expect(baskets).toBe(input.baskets);
});
