import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "./random.ts";

/** demo/rhythm.json: counted from real trading; DATA.md says how, and what it is not. */
export type Rhythm = {
	source: string;
	/** Baskets per weekday (0 = Sunday) and hour. */
	weekdayHour: number[][];
	linesPerBasket: Record<string, number>;
	quantityPerLine: Record<string, number>;
};

export const readRhythm = (): Rhythm => JSON.parse(readFileSync(join(import.meta.dirname, "rhythm.json"), "utf8"));

/** The shop's hours, in minutes since midnight. */
export const OPENS = 8 * 60;
export const CLOSES = 20 * 60;
/** Invented: what a busy delicatessen might see in a week. The data tells how they spread, not how many they are. */
const CUSTOMERS_PER_WEEK = 4000;

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** The weekday (0 = Sunday) that "saturday" or "2026-11-21" means. Throws an Error with the remedy for anything else. */
export function weekdayOf(day: string): number {
	const named = weekdays.indexOf(day.toLowerCase());
	if (named >= 0) return named;
	const date = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T12:00:00Z`) : new Date(Number.NaN);
	if (Number.isNaN(date.getTime()))
		throw new Error(`"${day}" is no day. Say a weekday (saturday) or a date (2026-11-21).`);
	return date.getUTCDay();
}

/** `Saturday` for 6. */
export function weekdayName(weekday: number): string {
	const name = weekdays[weekday] as string;
	return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Customers expected per hour, by weekday and hour: nothing outside opening hours. */
export function customersPerHour({ weekdayHour }: Rhythm, weekday: number, hour: number): number {
	const isOpen = (at: number) => at * 60 >= OPENS && at * 60 < CLOSES;
	const baskets = weekdayHour.flatMap((hours) => hours.filter((_, at) => isOpen(at)));
	const week = baskets.reduce((sum, count) => sum + count, 0);
	return isOpen(hour) ? (CUSTOMERS_PER_WEEK * (weekdayHour[weekday]?.[hour] ?? 0)) / week : 0;
}

/** The minutes since midnight at which customers come: a Poisson process that follows the rhythm, hour by hour. */
export function* arrivals(rhythm: Rhythm, weekday: number, from: number, random: Random): Generator<number> {
	let minute = from;
	while (minute < CLOSES) {
		const hour = Math.floor(minute / 60);
		const perHour = customersPerHour(rhythm, weekday, hour);
		const next = perHour > 0 ? minute + random.exponential(60 / perHour) : Number.POSITIVE_INFINITY;
		// A Poisson process has no memory: past the hour, the wait starts anew at the next hour's rate.
		const hourEnds = (hour + 1) * 60;
		minute = Math.min(next, hourEnds);
		if (next < hourEnds) yield minute;
	}
}

/** The time of the played day: `speed` minutes a real minute, once started. It drives the rhythm; the books keep real time. */
export class ShopClock {
	readonly #from: number;
	readonly #speed: number;
	readonly #started = Promise.withResolvers<void>();
	#startedAt: number | undefined;

	constructor(from: number, speed: number) {
		this.#from = from;
		this.#speed = speed;
	}

	start(): void {
		this.#startedAt = performance.now();
		this.#started.resolve();
	}

	minute(): number {
		if (this.#startedAt === undefined) return this.#from;
		return this.#from + ((performance.now() - this.#startedAt) / 60_000) * this.#speed;
	}

	/** Waits until that minute of the played day. Throws an AbortError when `signal` says stop. */
	async reach(minute: number, signal: AbortSignal): Promise<void> {
		await this.#started.promise;
		signal.throwIfAborted();
		const left = ((minute - this.minute()) * 60_000) / this.#speed;
		if (left > 0) await wait(left, undefined, { signal });
	}
}

/** `9:05` for minute 545. */
export const timeOf = (minute: number): string =>
	`${Math.floor(minute / 60)}:${String(Math.floor(minute % 60)).padStart(2, "0")}`;
