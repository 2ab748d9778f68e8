import type { Kept } from "./zvt-kept.ts";
import type { StatusInformation } from "./zvt-status-information.ts";

/**
 * What the terminal's last stored transaction says of a payment that was lost sight of. stored: it is that payment.
 * not-stored: nothing was stored since. refused: it is that payment, and it came to nothing. unknown: it proves neither.
 */
export type Decision = { verdict: "stored" | "not-stored" | "refused" | "unknown"; why: string };

const unknown = (why: string): Decision => ({ verdict: "unknown", why });

const MINUTE_MS = 60_000;

/**
 * Sheet 7, step 4, and stricter where the sheet is unsure. `replay`: the last stored transaction, as 06 20 gives it; absent
 * where the terminal gives none.
 */
export function decide(
	kept: Kept,
	replay: StatusInformation | undefined,
	{ toleranceMinutes }: { toleranceMinutes: number },
): Decision {
	if (!replay) return unknown("the terminal does not say what its last transaction was");
	if (differs(kept.terminalId, replay.terminalId)) return unknown("another terminal answers");
	if (kept.last && isSame(kept.last, replay)) {
		return { verdict: "not-stored", why: "the terminal's last transaction is still the one before it" };
	}
	if (kept.approval) return decideApproved(kept.approval, replay);
	if (!follows(kept, replay)) return unknown("the terminal's last transaction is not the one after the last known");
	if (replay.amount !== kept.cents) return unknown("the terminal's last transaction has another amount");
	if (isBefore(replay, kept.startedAt, toleranceMinutes)) return unknown("the terminal's last transaction is older");
	return replay.result === 0
		? { verdict: "stored", why: "the terminal's last transaction is the one after the last known, of that amount" }
		: { verdict: "refused", why: "the terminal's last transaction is that one, and was not done" };
}

/** An approval was seen: it must be that very transaction. A reversal that the terminal stored instead has other numbers. */
function decideApproved(approval: StatusInformation, replay: StatusInformation): Decision {
	if (!isSame(approval, replay) || approval.amount !== replay.amount) {
		return unknown("the terminal's last transaction is neither the one that was approved nor the one before it");
	}
	return replay.result === 0
		? { verdict: "stored", why: "the terminal's last transaction is the one that was approved" }
		: { verdict: "refused", why: "the terminal undid what it had approved" };
}

/** The same transaction: no number or time of one contradicts the other, and at least one number says so. */
function isSame(one: StatusInformation, other: StatusInformation): boolean {
	if (differs(one.terminalId, other.terminalId)) return false;
	if (differs(one.date, other.date) || differs(one.time, other.time)) return false;
	if (differs(one.receiptNumber, other.receiptNumber) || differs(one.trace, other.trace)) return false;
	return agrees(one.receiptNumber, other.receiptNumber) || agrees(one.trace, other.trace);
}

/** Directly after the last one stored, or seen: a further gap could hide another transaction. */
function follows({ last, seen }: Kept, replay: StatusInformation): boolean {
	if (!last && !seen) return true;
	return [last, seen].some((before) => {
		if (!before) return false;
		if (before.receiptNumber !== undefined && replay.receiptNumber !== undefined) {
			return replay.receiptNumber === next(before.receiptNumber);
		}
		return before.trace !== undefined && replay.trace === next(before.trace);
	});
}

/** The number after it, with as many digits; after the highest comes 1. */
export function next(number: string): string {
	const following = String(Number(number) + 1);
	return (following.length > number.length ? "1" : following).padStart(number.length, "0");
}

/** By the terminal's own clock, which says no year: the year that brings it nearest to the start. */
function isBefore({ date, time }: StatusInformation, startedAt: string, toleranceMinutes: number): boolean {
	if (date === undefined || time === undefined) return false;
	const started = new Date(startedAt);
	const [month, day] = [Number(date.slice(0, 2)), Number(date.slice(2))];
	const clock = [time.slice(0, 2), time.slice(2, 4), time.slice(4)].map(Number) as [number, number, number];
	const gaps = [-1, 0, 1].map(
		(years) => new Date(started.getFullYear() + years, month - 1, day, ...clock).getTime() - started.getTime(),
	);
	const nearest = gaps.reduce((best, gap) => (Math.abs(gap) < Math.abs(best) ? gap : best));
	return nearest < -toleranceMinutes * MINUTE_MS;
}

const agrees = (one: string | undefined, other: string | undefined): boolean => one !== undefined && one === other;
const differs = (one: string | undefined, other: string | undefined): boolean =>
	one !== undefined && other !== undefined && one !== other;
