import { join } from "node:path";
import { expect, test } from "vitest";
import { checkReplay } from "./replay-check.ts";

const slice = join(import.meta.dirname, "../demo/replay-slice.csv.gz");

test("1,500 real baskets through registers, hub, relay and cloud are booked once each, to the cent", {
	timeout: 120_000,
}, async () => {
	const { baskets, report } = await checkReplay(slice, { relayWithinMs: 90_000 });
	console.log(report);
	expect(baskets).toBe(1500);
});
