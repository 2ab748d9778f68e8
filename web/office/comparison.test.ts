import { expect, test } from "vitest";
import { compareWithLastWeek, hoursShown } from "./comparison.ts";

const lastWeek = {
	total: 30_000,
	byHour: [
		{ hour: 9, total: 10_000, sales: 4 },
		{ hour: 10, total: 12_000, sales: 5 },
		{ hour: 16, total: 8000, sales: 2 },
	],
};

test("a day that still runs is compared with last week up to the same minute", () => {
	expect(compareWithLastWeek(14_300, lastWeek, { hour: 10, minute: 15 })).toEqual({
		before: 13_000,
		isUntilNow: true,
		percent: 10,
	});
});

test("a day that is over is compared with the whole day", () => {
	expect(compareWithLastWeek(15_000, lastWeek, undefined)).toEqual({ before: 30_000, isUntilNow: false, percent: -50 });
});

test("without figures for last week there is no percentage", () => {
	expect(compareWithLastWeek(500, { total: 0, byHour: [] }, undefined).percent).toBeUndefined();
	expect(compareWithLastWeek(500, lastWeek, { hour: 8, minute: 59 }).percent).toBeUndefined();
});

test("opening hours are always drawn, and whatever was sold outside them", () => {
	expect(hoursShown([], [])).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17]);
	expect(hoursShown([{ hour: 7, total: 1, sales: 1 }], [{ hour: 20, total: -1, sales: 0 }]).at(0)).toBe(7);
	expect(hoursShown([], [{ hour: 20, total: -1, sales: 0 }]).at(-1)).toBe(20);
});
