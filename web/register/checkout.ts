import { roundToFiveCents } from "@kassahub/contracts/money.ts";
import type { Payment, Sale } from "@kassahub/contracts/sale.ts";
import { type Basket, basketTotal, saleLine } from "./basket.ts";

export type Tender = { method: "cash"; tendered?: number } | { method: "pin" };

/** Which sale this is. `receipt: "none"` where no printer can be reached now: its paper must not come hours later. */
export type Stamp = Pick<Sale, "id" | "register" | "at" | "receipt">;

/** What is to be paid with a method, and the cash rounding in it, in cents. Negative where money goes back. */
export function dueFor(basket: Basket, method: Tender["method"]): { total: number; due: number; rounding: number } {
	const total = basketTotal(basket);
	const due = method === "cash" ? roundToFiveCents(total) : total;
	return { total, due, rounding: due - total };
}

/** The completed sale of a basket. Throws a RangeError where less was handed over than is due. */
export function completeSale(basket: Basket, tender: Tender, by: Stamp): Sale {
	const { total, due, rounding } = dueFor(basket, tender.method);
	return {
		...by,
		...(basket.refundOf ? { refundOf: basket.refundOf } : {}),
		lines: basket.lines.map(saleLine),
		payments: total === 0 ? [] : [payment(tender, due)],
		rounding,
		total,
	};
}

function payment(tender: Tender, due: number): Payment {
	// Money that goes back is not tendered: the drawer simply gives it.
	if (tender.method === "pin" || tender.tendered === undefined || due <= 0)
		return { method: tender.method, amount: due };
	if (tender.tendered < due) throw new RangeError(`tendered ${tender.tendered} cents, due ${due}`);
	return { method: "cash", amount: due, tendered: tender.tendered, change: tender.tendered - due };
}

/** What the customer gets back of a sale, in cents: change, or the refund itself. */
export const givenBack = (sale: Sale): number =>
	sale.payments.reduce((sum, paid) => sum + (paid.change ?? 0) + Math.max(0, -paid.amount), 0);
