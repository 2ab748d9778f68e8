import { expect, test } from "vitest";
import { Random } from "./random.ts";
import { arrivals, CLOSES, customersPerHour, OPENS, readRhythm, weekdayOf } from "./shop-day.ts";

const rhythm = readRhythm();
const saturday = weekdayOf("saturday");

test("the same seed brings the same customers at the same minutes", () => {
	const day = () => [...arrivals(rhythm, saturday, OPENS, new Random(7))];
	expect(day()).toEqual(day());
	expect([...arrivals(rhythm, saturday, OPENS, new Random(8))]).not.toEqual(day());
});

test("customers come in order, within opening hours, as many an hour as real trading says", () => {
	const perHour = new Map<number, number>();
	const days = 200;
	for (let seed = 0; seed < days; seed++) {
		let before = OPENS;
		for (const minute of arrivals(rhythm, saturday, OPENS, new Random(seed))) {
			expect(minute).toBeGreaterThanOrEqual(before);
			before = minute;
			const hour = Math.floor(minute / 60);
			perHour.set(hour, (perHour.get(hour) ?? 0) + 1 / days);
		}
		expect(before).toBeLessThan(CLOSES);
	}
	for (let hour = OPENS / 60; hour < CLOSES / 60; hour++) {
		const expected = customersPerHour(rhythm, saturday, hour);
		// Five standard errors of a Poisson mean over that many days.
		expect(Math.abs((perHour.get(hour) ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected / days));
	}
});

test("nobody comes before opening or after closing time", () => {
	expect(customersPerHour(rhythm, saturday, 7)).toBe(0);
	expect(customersPerHour(rhythm, saturday, 20)).toBe(0);
	expect([...arrivals(rhythm, saturday, CLOSES, new Random(1))]).toEqual([]);
});

test("a day is a weekday or a date", () => {
	expect(weekdayOf("Sunday")).toBe(0);
	expect(weekdayOf("2026-11-21")).toBe(6);
	expect(() => weekdayOf("zaterdag")).toThrow("is no day");
	expect(() => weekdayOf("2026-13-01")).toThrow("is no day");
});
