import type { ByHour } from "./answers.ts";

/** A day beside the same weekday a week before: like with like, so a day that still runs is compared up to its hour. */
export type Comparison = { before: number; isUntilNow: boolean; percent: number | undefined };

/**
 * `now` undefined: the day is over. While it runs, last week counts its whole hours before now's and, of the hour that
 * now is in, the share of minutes gone by.
 */
export function compareWithLastWeek(
	total: number,
	lastWeek: { total: number; byHour: ByHour },
	now: { hour: number; minute: number } | undefined,
): Comparison {
	const before = now ? totalUntil(lastWeek.byHour, now) : lastWeek.total;
	return {
		before,
		isUntilNow: now !== undefined,
		percent: before > 0 ? Math.round(((total - before) / before) * 100) : undefined,
	};
}

function totalUntil(byHour: ByHour, now: { hour: number; minute: number }): number {
	return byHour.reduce((sum, { hour, total }) => {
		if (hour < now.hour) return sum + total;
		return hour === now.hour ? sum + Math.round((total * now.minute) / 60) : sum;
	}, 0);
}

/** The hours to draw: from the first to the last with any turnover on either day, at least 9 to 18. */
export function hoursShown(today: ByHour, lastWeek: ByHour): number[] {
	const busy = [...today, ...lastWeek].filter(({ total }) => total !== 0).map(({ hour }) => hour);
	const first = Math.min(9, ...busy);
	const last = Math.max(17, ...busy);
	return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
