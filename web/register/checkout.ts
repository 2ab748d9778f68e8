import { roundToFiveCents } from "@kassahub/contracts/money.ts";
import type { Payment, Sale } from "@kassahub/contracts/sale.ts";
import { type Basket, basketTotal, saleLine } from "./basket.ts";
import { type PaidByPin, sumOf } from "./pin-payment.ts";

export type Tender = { method: "cash"; tendered?: number } | { method: "pin" };

/** Which sale this is. `receipt: "none"` where no printer can be reached now: its paper must not come hours later. */
export type Stamp = Pick<Sale, "id" | "register" | "at" | "receipt">;

/** What is still to be paid with a method, and the cash rounding in it, in cents. Negative where money goes back. */
export function dueFor(
	basket: Basket,
	method: Tender["method"],
	paid: readonly PaidByPin[] = [],
): { total: number; due: number; rounding: number } {
	const total = basketTotal(basket);
	const rest = total - sumOf(paid);
	const due = method === "cash" ? roundToFiveCents(rest) : rest;
	return { total, due, rounding: due - rest };
}

/** The completed sale of a basket. Throws a RangeError where less was handed over than is due after what was paid. */
export function completeSale(basket: Basket, tender: Tender, by: Stamp, paid: readonly PaidByPin[] = []): Sale {
	const { total, due, rounding } = dueFor(basket, tender.method, paid);
	const rest = due - rounding;
	return {
		...by,
		...(basket.refundOf ? { refundOf: basket.refundOf } : {}),
		lines: basket.lines.map(saleLine),
		payments: [
			...paid.map(({ amount, paymentId }): Payment => ({ method: "pin", amount, paymentId })),
			...(rest === 0 ? [] : [payment(tender, due)]),
		],
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
