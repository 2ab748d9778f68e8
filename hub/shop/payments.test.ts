import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { type PaymentRequest, paymentRequest } from "@kassahub/contracts/payment-request.ts";
import { type Sale, sale } from "@kassahub/contracts/sale.ts";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { requestFlags, salePaymentFlags } from "./payment-flags.ts";
import { emptyPayments, foldOutcome, foldRequest, isSpent, SPENT_GENERATION, spendPayments } from "./payments.ts";

const { at, register, terminal } = paymentRequest.example;
type Asked = { id?: string; terminal?: string } & (
	| { type: "pay" | "refund"; amount: number }
	| { type: "end-of-day" }
	| { type: "reverse" | "cancel"; payment: string }
	| { type: "settle"; payment: string; outcome: "approved" | "declined"; reason: string }
);

/** A shop's payments, folded as they come; each request and outcome in a few words. */
function openFold() {
	const payments = emptyPayments();
	let number = 0;
	const ask = (asked: Asked): string => {
		const id = uuidv7();
		foldRequest(payments, { id, register, at, terminal, ...asked } as PaymentRequest, ++number);
		return asked.id ?? id;
	};
	const answer = (payment: string, changes: Partial<PaymentOutcome> = {}): void => {
		const base = {
			id: uuidv7(),
			payment,
			register,
			terminal,
			at,
			type: "pay",
			status: "approved",
			by: "terminal",
		} as const;
		foldOutcome(payments, { amount: 0, ...base, ...changes });
	};
	return { payments, ask, answer, pin: () => payments.terminals.get(terminal) };
}

test("a request is open until its outcome, and unknown until another", () => {
	const { ask, answer, pin } = openFold();
	const id = ask({ type: "pay", amount: 1995 });
	expect([...(pin()?.open.values() ?? [])]).toEqual([{ id, number: 1, register, type: "pay", amount: 1995 }]);
	answer(id, { status: "unknown" });
	expect([pin()?.open.size, [...(pin()?.unknown.keys() ?? [])]]).toEqual([0, [id]]);
	expect(pin()?.totals).toEqual({ count: 0, amount: 0 });
	answer(id, { amount: 1995, reference: { trace: "42" } });
	expect(pin()).toEqual({
		open: new Map(),
		unknown: new Map(),
		settled: new Map(),
		last: { id, amount: 1995, reference: { trace: "42" } },
		totals: { count: 1, amount: 1995 },
	});
});

test("totals are payments less refunds and reversals, and begin anew at the end of day", () => {
	const { ask, answer, pin } = openFold();
	answer(ask({ type: "pay", amount: 1000 }), { amount: 800 });
	const last = ask({ type: "pay", amount: 500 });
	answer(last, { amount: 500 });
	answer(ask({ type: "refund", amount: 300 }), { type: "refund", amount: 300 });
	answer(ask({ type: "pay", amount: 700 }), { status: "declined" });
	expect(pin()?.totals).toEqual({ count: 3, amount: 1000 });
	const reversal = ask({ type: "reverse", payment: last });
	expect(pin()?.open.get(reversal)?.amount).toBe(500);
	answer(reversal, { type: "reverse", amount: 500 });
	expect(pin()?.totals.amount).toBe(500);
	expect(pin()?.last).toBeUndefined();
	answer(ask({ type: "end-of-day" }), { type: "end-of-day", status: "failed" });
	expect(pin()?.totals.amount).toBe(500);
	answer(ask({ type: "end-of-day" }), { type: "end-of-day" });
	expect(pin()).toBeUndefined();
});

test("the first word of a person is kept for an unknown payment; for another one it is nothing", () => {
	const { payments, ask, answer, pin } = openFold();
	const id = ask({ type: "pay", amount: 1995 });
	const settle = { type: "settle", payment: id, reason: "bon" } as const;
	ask({ ...settle, outcome: "approved" });
	answer(id, { status: "unknown" });
	expect(pin()?.unknown.get(id)).not.toHaveProperty("settlement");
	ask({ ...settle, outcome: "declined" });
	ask({ ...settle, outcome: "approved" });
	expect(pin()?.unknown.get(id)?.settlement).toEqual({ outcome: "declined", register });
	const request = { ...paymentRequest.example, ...settle, outcome: "approved" } as PaymentRequest;
	expect(requestFlags(payments, request)).toEqual([]);
	answer(id, { status: "declined", by: "person" });
	expect(requestFlags(payments, request)).toEqual([`NOTHING_TO_SETTLE:${id}`]);
	const cancel = { ...paymentRequest.example, type: "cancel", payment: id } as PaymentRequest;
	expect(requestFlags(payments, cancel)).toEqual([`NOTHING_TO_CANCEL:${id}`]);
});

test("a terminal's word after a person's takes its place in the totals, either way", () => {
	const { ask, answer, pin } = openFold();
	const wrong = ask({ type: "pay", amount: 1995 });
	answer(wrong, { status: "unknown" });
	answer(wrong, { by: "person", amount: 1995 });
	expect(pin()).toMatchObject({ totals: { count: 1, amount: 1995 }, last: { id: wrong } });
	answer(wrong, { status: "declined" });
	expect(pin()).toBeUndefined();

	const right = ask({ type: "pay", amount: 500 });
	answer(right, { status: "unknown" });
	answer(right, { status: "declined", by: "person" });
	answer(right, { amount: 500 });
	expect(pin()).toMatchObject({ totals: { count: 1, amount: 500 }, last: { id: right } });
});

test("what a person settled is remembered for a while, and no longer", () => {
	const { ask, answer, pin } = openFold();
	const settled = Array.from({ length: 30 }, () => {
		const id = ask({ type: "pay", amount: 1 });
		answer(id, { status: "unknown" });
		answer(id, { status: "declined", by: "person" });
		return id;
	});
	expect([...(pin()?.settled.keys() ?? [])].sort()).toEqual(settled.slice(10).sort());
});

const paid = uuidv7();
const sold = (payments: Partial<Sale["payments"][number]>[]): Sale => ({
	...sale.example,
	payments: payments.map((payment) => ({ method: "pin", amount: 374, ...payment })),
});
const outcomes = new Map<string, Pick<PaymentOutcome, "type" | "status" | "amount">>([
	[paid, { type: "pay", status: "approved", amount: 374 }],
	["back", { type: "refund", status: "approved", amount: 374 }],
	["undone", { type: "reverse", status: "approved", amount: 374 }],
	["declined", { type: "pay", status: "declined", amount: 0 }],
]);
const flagsOf = (payments: Parameters<typeof sold>[0], spent: string[] = []): string[] =>
	salePaymentFlags(
		sold(payments),
		(id) => outcomes.get(id) as PaymentOutcome | undefined,
		(id) => spent.includes(id),
	);

test("a sale is flagged for a payment that was not approved, was another amount, or paid another sale", () => {
	expect(flagsOf([{ paymentId: paid }])).toEqual([]);
	expect(flagsOf([{ paymentId: "back", amount: -374 }])).toEqual([]);
	expect(flagsOf([{ paymentId: "undone", amount: -374 }])).toEqual([]);
	expect(flagsOf([{}, { method: "cash", paymentId: "nothing" }])).toEqual([]);
	expect(flagsOf([{ paymentId: "nothing" }])).toEqual(["PAYMENT_MISSING:nothing"]);
	expect(flagsOf([{ paymentId: "declined" }])).toEqual(["PAYMENT_MISSING:declined"]);
	expect(flagsOf([{ paymentId: paid, amount: 375 }])).toEqual([`PAYMENT_DIFFERS:${paid}`]);
	expect(flagsOf([{ paymentId: "back" }])).toEqual(["PAYMENT_DIFFERS:back"]);
	expect(flagsOf([{ paymentId: paid }], [paid])).toEqual([`PAYMENT_REUSED:${paid}`]);
	expect(flagsOf([{ paymentId: paid }, { paymentId: paid }])).toEqual([`PAYMENT_REUSED:${paid}`]);
});

test("of the payments that sales named the latest few thousand are remembered", () => {
	const payments = emptyPayments();
	const named = (place: number): string => `payment-${place}`;
	for (let place = 0; place < 5 * SPENT_GENERATION; place++) spendPayments(payments, [named(place)], place);
	const { spent } = payments;
	expect(spent.young.size + spent.old.size).toBeLessThanOrEqual(2 * SPENT_GENERATION);
	for (let back = 1; back <= SPENT_GENERATION; back++)
		expect(isSpent(spent, named(5 * SPENT_GENERATION - back))).toBe(true);
	expect(isSpent(spent, named(0))).toBe(false);
});
