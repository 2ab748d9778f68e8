import { lineTotal, roundToFiveCents } from "./money.ts";
import type { Reason } from "./reason.ts";
import type { Sale } from "./sale.ts";

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/**
 * Everything in a sale that does not add up, field by field; empty where all does.
 * lines: total = round(quantity × unitPrice / 1000) − discount. sale: total = Σ lines, Σ payments = total + rounding.
 * Rounding is for cash only: a sale without a cash payment has none.
 */
export function arithmeticFaults(sale: Sale): Reason[] {
	const faults: Reason[] = [];
	for (const [index, line] of sale.lines.entries()) {
		const expected = lineTotal(line);
		if (line.total !== expected) {
			faults.push(
				wrongSum(`/lines/${index}/total`, "LINE_TOTAL_WRONG", line.total, expected, "quantity × unitPrice − discount"),
			);
		}
	}
	const total = sum(sale.lines.map((line) => line.total));
	if (sale.total !== total)
		faults.push(wrongSum("/total", "SALE_TOTAL_WRONG", sale.total, total, "the sum of the lines"));
	const paid = sum(sale.payments.map((payment) => payment.amount));
	if (paid !== sale.total + sale.rounding) {
		faults.push(wrongSum("/payments", "PAYMENTS_WRONG", paid, sale.total + sale.rounding, "total + rounding"));
	}
	if (sale.rounding !== 0 && !sale.payments.some((payment) => payment.method === "cash")) {
		faults.push(
			wrongSum("/rounding", "ROUNDING_WITHOUT_CASH", sale.rounding, 0, "no rounding where nothing is paid in cash"),
		);
	}
	for (const [index, payment] of sale.payments.entries()) {
		if (payment.tendered === undefined && payment.change === undefined) continue;
		const kept = (payment.tendered ?? 0) - (payment.change ?? 0);
		if (kept !== payment.amount) {
			faults.push(wrongSum(`/payments/${index}/amount`, "CHANGE_WRONG", payment.amount, kept, "tendered − change"));
		}
	}
	return faults;
}

function wrongSum(field: string, code: string, given: number, expected: number, rule: string): Reason {
	return {
		field,
		code,
		message: `${field} is ${given} cents, expected ${expected} (${rule})`,
		remedy: `Send ${expected}, or correct the fields it is computed from`,
	};
}

/** What a cash customer pays for a total, and the rounding that makes it so, in cents. */
export function cashDue(total: number): { due: number; rounding: number } {
	const due = roundToFiveCents(total);
	return { due, rounding: due - total };
}
