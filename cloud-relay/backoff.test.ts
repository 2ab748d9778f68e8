import fc from "fast-check";
import { expect, test } from "vitest";
import { Backoff } from "./backoff.ts";

test("waits double from a second to a minute", () => {
	const backoff = new Backoff(() => 1);
	const waits = Array.from({ length: 8 }, () => backoff.next());
	expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test("the jitter is full: any wait from nothing to the ceiling", () => {
	fc.assert(
		fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
			const backoff = new Backoff(() => random);
			expect([backoff.next(), backoff.next()]).toEqual([Math.round(random * 1_000), Math.round(random * 2_000)]);
		}),
	);
});

test("after a success the next failure waits short again", () => {
	const backoff = new Backoff(() => 1);
	for (let failure = 0; failure < 5; failure++) backoff.next();
	backoff.reset();
	expect(backoff.next()).toBe(1_000);
});

test("after a month without the cloud it still tries at least once a minute", () => {
	const backoff = new Backoff(() => 0.999_999);
	const monthMs = 30 * 86_400_000;
	let tries = 0;
	for (let passedMs = 0; passedMs < monthMs; tries++) {
		const waitMs = backoff.next();
		expect(waitMs).toBeLessThanOrEqual(60_000);
		passedMs += waitMs;
	}
	expect(tries).toBeGreaterThanOrEqual(monthMs / 60_000);
});

test("a lower ceiling holds", () => {
	const backoff = new Backoff(() => 1, 2_000);
	expect([1, 2, 3, 4].map(() => backoff.next())).toEqual([1_000, 2_000, 2_000, 2_000]);
});
