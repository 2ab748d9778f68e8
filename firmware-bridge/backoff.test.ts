import fc from "fast-check";
import { expect, test } from "vitest";
import { waitMs } from "./backoff.ts";

test("attempts are never closer than a quarter of a second nor further apart than half a minute", () => {
	fc.assert(
		fc.property(
			fc.nat({ max: 100_000 }),
			fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			(failures, random) => {
				const wait = waitMs(failures, random);
				expect(wait).toBeGreaterThanOrEqual(250);
				expect(wait).toBeLessThanOrEqual(30_000);
			},
		),
	);
});

test("each failure doubles the wait, and chance spreads it", () => {
	expect([0, 1, 2, 3].map((failures) => waitMs(failures, 0))).toEqual([250, 500, 1000, 2000]);
	expect(waitMs(3, 0.5)).toBeGreaterThan(waitMs(3, 0));
});
