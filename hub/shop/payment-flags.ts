import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { Payments } from "./payments.ts";

/** The payments on a terminal that a sale names; nearly every sale names none. */
export function paymentsNamed(sale: Sale): string[] {
	const named: string[] = [];
	for (const { paymentId } of sale.payments) if (paymentId !== undefined) named.push(paymentId);
	return named;
}

/** What in a sale differs from the payments that it names. A completed sale happened, so it is booked all the same. */
export function salePaymentFlags(
	sale: Sale,
	outcomeOf: (payment: string) => PaymentOutcome | undefined,
	isSpent: (payment: string) => boolean,
): string[] {
	const flags = new Set<string>();
	const named = new Set<string>();
	for (const { method, amount, paymentId } of sale.payments) {
		if (method !== "pin" || paymentId === undefined) continue;
		const outcome = outcomeOf(paymentId);
		if (outcome?.status !== "approved") flags.add(`PAYMENT_MISSING:${paymentId}`);
		else if (amount !== (outcome.type === "pay" ? outcome.amount : -outcome.amount))
			flags.add(`PAYMENT_DIFFERS:${paymentId}`);
		if (named.has(paymentId) || isSpent(paymentId)) flags.add(`PAYMENT_REUSED:${paymentId}`);
		named.add(paymentId);
	}
	return [...flags];
}

/** What in a request names a payment that is not there: it is booked, and does nothing. */
export function requestFlags({ terminals }: Payments, request: PaymentRequest): string[] {
	const terminal = terminals.get(request.terminal);
	if (request.type === "settle" && !terminal?.unknown.has(request.payment))
		return [`NOTHING_TO_SETTLE:${request.payment}`];
	if (request.type !== "cancel") return [];
	const isThere = terminal?.open.has(request.payment) || terminal?.unknown.has(request.payment);
	return isThere ? [] : [`NOTHING_TO_CANCEL:${request.payment}`];
}
