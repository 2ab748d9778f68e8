import fc from "fast-check";
import { expect, test } from "vitest";
import { rowsBetween, rowsLost } from "./epochs.ts";

test("rows still to go are counted, not the numbers that restored journals skip", () => {
	const lengths = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 1e12 })), {
		maxLength: 4,
	});
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 6 }), lengths, fc.nat(), fc.nat(), (before, epochs, a, b) => {
			const numbers = Array.from({ length: before }, (_, index) => index + 1);
			const skips = epochs.map(([length, skipped]) => {
				const after = numbers.at(-1) ?? 0;
				const first = after + skipped;
				for (let row = 0; row <= length; row++) numbers.push(first + row);
				return { after, first };
			});
			const places = [0, ...numbers];
			const [from, to] = [a % places.length, b % places.length].sort((x, y) => x - y) as [number, number];
			expect(rowsBetween(places[from] ?? 0, places[to] ?? 0, skips)).toBe(to - from);
		}),
	);
});

test("a cloud that is ahead of the backup counts only what is new, and what it has is named as lost here", () => {
	const epochs = [{ after: 200, first: 1_000_000 }];
	expect(rowsBetween(300, 1_000_004, epochs)).toBe(5);
	expect(rowsLost(300, epochs)).toEqual({ first: 201, last: 300 });
	expect(rowsLost(200, epochs)).toBeUndefined();
	expect(rowsLost(1_000_000, epochs)).toBeUndefined();
	expect(rowsLost(300, [])).toBeUndefined();
});
