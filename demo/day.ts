import type { Agenda } from "./agenda.ts";
import { drawBasket } from "./basket.ts";
import type { Crew } from "./crew.ts";
import type { Shift } from "./shift.ts";
import { arrivals, CLOSES } from "./shop-day.ts";

/** Invented: how often a customer comes back with something, and how many minutes later. */
const REFUND_SHARE = 0.03;
const REFUND_MINUTES_MIN = 4;
const REFUND_MINUTES_MAX = 45;
/** Minutes of the day at which someone goes through the fresh shelves. */
const WASTE_ROUNDS = [11 * 60, 13 * 60, 16 * 60, 18 * 60 + 30, 19 * 60 + 40];
const PAY_OUTS = [
	{ minute: 11 * 60 + 20, cents: 1750, reason: "window cleaner" },
	{ minute: 14 * 60 + 20, cents: 985, reason: "stamps" },
];

/** Puts the whole day on the agenda, from `from` (minutes since midnight) to closing time. */
export function planDay(agenda: Agenda, weekday: number, from: number, crew: Crew): void {
	const { shifts, stockroom, products, rhythm, random } = crew;
	for (const minute of arrivals(rhythm, weekday, from, random)) {
		const basket = drawBasket(random, products, rhythm);
		const comesBack = random.chance(REFUND_SHARE);
		const backAfter = random.integer(REFUND_MINUTES_MIN, REFUND_MINUTES_MAX);
		agenda.at(minute, async () => {
			const shift = shortestLine(shifts);
			await shift.serve(basket);
			if (comesBack) agenda.at(Math.min(agenda.now() + backAfter, CLOSES), () => shift.takeBack());
		});
	}
	for (const minute of WASTE_ROUNDS) if (minute >= from) agenda.at(minute, () => stockroom.waste());
	for (const { minute, cents, reason } of PAY_OUTS) {
		if (minute >= from) agenda.at(minute, () => shortestLine(shifts).payOut(cents, reason));
	}
}

/** Where a customer goes: the shortest line, or else the register that has had the least to do. */
function shortestLine(shifts: Shift[]): Shift {
	return shifts.reduce((best, shift) =>
		shift.waiting < best.waiting || (shift.waiting === best.waiting && shift.served < best.served) ? shift : best,
	);
}
