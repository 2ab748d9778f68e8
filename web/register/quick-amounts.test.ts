import fc from "fast-check";
import { expect, test } from "vitest";
import { quickAmounts } from "./quick-amounts.ts";

test.each([
	[375, [375, 500, 1000, 2000, 5000]],
	[1235, [1235, 1500, 2000, 5000, 10_000]],
	[2000, [2000, 5000, 10_000]],
	[6410, [6410, 6500, 7000, 8000, 10_000]],
])("for %i cents the likely notes are offered", (due, expected) => {
	expect(quickAmounts(due)).toEqual(expected);
});

test("no amount offered is too little, none is offered twice, and the exact one comes first", () => {
	fc.assert(
		fc.property(fc.integer({ min: 5, max: 1_000_000 }), (due) => {
			const amounts = quickAmounts(due);
			expect(amounts[0]).toBe(due);
			expect(new Set(amounts).size).toBe(amounts.length);
			expect(amounts.every((amount) => amount >= due)).toBe(true);
		}),
	);
});
