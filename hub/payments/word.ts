import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import { maskFields } from "../intake/card-fields.ts";
import type { Asked } from "../shop/payments.ts";

/** What is said of a payment, by its terminal, by a person, or by the hub itself. */
export type Word = Omit<PaymentOutcome, "v" | "id" | "payment" | "register" | "terminal" | "at" | "type" | "totals"> & {
	totals?: Result["totals"];
};

const REASON_LENGTH_MAX = 200;

/** The hub did not ask the terminal: certainly no money moved. */
export const refused = (code: ErrorCode, detail?: string): Word => ({
	status: "failed",
	amount: 0,
	by: "hub",
	fault: faultOf(code, detail),
});

/** It may have happened, or not. */
export const inDoubt = (by: "terminal" | "hub", detail: string): Word => ({
	status: "unknown",
	amount: 0,
	by,
	fault: faultOf("PAYMENT_UNKNOWN", detail),
});

const faults = {
	declined: "PAYMENT_DECLINED",
	cancelled: "PAYMENT_CANCELLED",
	failed: "PAYMENT_FAILED",
} as const satisfies Record<string, ErrorCode>;

/** What a bridge's result says of the payment. What contradicts itself leaves the payment in doubt. */
export function wordOf({ action, status, payment, totals, fault }: Result): Word {
	const isApproved = payment?.status === "approved";
	if (status === "unknown" || (status === "failed" && isApproved)) {
		return inDoubt("terminal", [fault?.code, fault?.detail].filter(Boolean).join(": ") || "the terminal can't say");
	}
	if (status === "failed") {
		return { status: "failed", amount: 0, by: "terminal", fault: fault ?? faultOf("PAYMENT_FAILED", payment?.reason) };
	}
	// The day's totals are an end of day's answer; a terminal need not add that it approves of itself.
	if (payment === undefined && action === "end-of-day") {
		return { status: "approved", amount: 0, by: "terminal", ...(totals ? { totals } : {}) };
	}
	if (payment === undefined) return inDoubt("terminal", "the terminal's answer lacks its outcome");
	const { card, reference, receipts, reason } = payment;
	return {
		status: payment.status,
		amount: isApproved && action !== "end-of-day" ? payment.amount : 0,
		by: "terminal",
		...(payment.status === "approved" ? {} : { fault: fault ?? faultOf(faults[payment.status], reason) }),
		...(card ? { card } : {}),
		...(reference ? { reference } : {}),
		...(receipts ? { receipts } : {}),
		...(totals ? { totals } : {}),
	};
}

/** The word as it is journaled: with whose payment it was, and without card numbers (invariant 8). */
export function outcomeOf(
	{ id, register, type }: Asked,
	{ totals, ...word }: Word,
	where: { id: string; terminal: string; at: string; journalTotals?: Result["totals"] | undefined },
): PaymentOutcome {
	const { journalTotals, ...place } = where;
	const both = totals && journalTotals ? { totals: { terminal: totals, journal: journalTotals } } : {};
	return maskFields({ ...place, payment: id, register, type, ...word, ...both }) as PaymentOutcome;
}

const faultOf = (code: ErrorCode, detail?: string) => ({
	code,
	...(detail === undefined ? {} : { detail: detail.slice(0, REASON_LENGTH_MAX) }),
});
