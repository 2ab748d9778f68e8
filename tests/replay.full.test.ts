import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkReplay } from "./replay-check.ts";

const year = join(import.meta.dirname, "../../shared/data/complete-journey-transactions.csv.gz");
const slice = join(import.meta.dirname, "../demo/replay-slice.csv.gz");
const input = existsSync(year)
	? { file: year, baskets: 47_243, what: "a real year of 47,243 baskets" }
	: { file: slice, baskets: 1500, what: `ONLY 1,500 real baskets, as ${year} is absent,` };

test(`${input.what} through registers, hub, relay and cloud is booked once each, to the cent`, async () => {
	const { baskets, report } = await checkReplay(input.file, 900_000);
	console.log(report);
	expect(baskets).toBe(input.baskets);
});
