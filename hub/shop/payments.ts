import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { TerminalReference, TerminalTotals } from "@kassahub/contracts/terminal-answer.ts";

/** A request that moves money or closes the day, as far as its terminal has to know of it. */
export type Asked = {
	id: string;
	/** Of its journal entry: the order in which the terminal is asked. */
	number: number;
	register: string;
	type: PaymentOutcome["type"];
	/** Cents asked for; of a reversal those of its payment, 0 where that is not the terminal's last; 0 at an end of day. */
	amount: number;
	/** The payment that a reversal undoes. */
	original?: string;
};

/** What a person said of an unknown payment; it counts once its own outcome is booked. */
export type Settlement = { outcome: "approved" | "declined"; register: string };

/** The terminal's last approved payment, the one that can be reversed. */
export type LastPayment = { id: string; amount: number; reference?: TerminalReference };

export type TerminalPayments = {
	/** Requests without an outcome. */
	open: Map<string, Asked>;
	/** Requests whose outcome is that it can't be found out. */
	unknown: Map<string, Asked & { settlement?: Settlement }>;
	/** What a person settled, and the cents that then counted: the terminal may still contradict it. */
	settled: Map<string, Asked & { moved: number }>;
	last?: LastPayment;
	/** Since the terminal's last end of day. */
	totals: TerminalTotals;
};

export type Payments = {
	terminals: Map<string, TerminalPayments>;
	/** Payments that sales named, the latest few thousand, in two generations: when `young` is full it becomes `old`. */
	spent: { young: Map<string, number>; old: Map<string, number> };
};

const SETTLED_MAX = 20;
export const SPENT_GENERATION = 2000;

export const emptyPayments = (): Payments => ({
	terminals: new Map(),
	spent: { young: new Map(), old: new Map() },
});

export const noPayments = (): TerminalPayments => ({
	open: new Map(),
	unknown: new Map(),
	settled: new Map(),
	totals: { count: 0, amount: 0 },
});

/** The request as its terminal is asked; undefined for one that asks nothing of its own: cancel and settle. */
export function askedBy(request: PaymentRequest, number: number): Asked | undefined {
	const { id, register, type } = request;
	if (type === "cancel" || type === "settle") return undefined;
	const amount = type === "pay" || type === "refund" ? request.amount : 0;
	return { id, number, register, type, amount, ...(type === "reverse" ? { original: request.payment } : {}) };
}

export function foldRequest(payments: Payments, request: PaymentRequest, number: number): void {
	const asked = askedBy(request, number);
	if (asked !== undefined) {
		const terminal = terminalOf(payments, request.terminal);
		const { last } = terminal;
		if (last !== undefined && last.id === asked.original) asked.amount = last.amount;
		terminal.open.set(asked.id, asked);
	} else if (request.type === "settle") {
		const unknown = payments.terminals.get(request.terminal)?.unknown.get(request.payment);
		// The first word counts: whoever settles it again finds it settled.
		if (unknown !== undefined) unknown.settlement ??= { outcome: request.outcome, register: request.register };
	}
}

/** Folds an outcome. One that comes after an earlier outcome of the same payment takes its place. */
export function foldOutcome(payments: Payments, outcome: PaymentOutcome): void {
	const terminal = payments.terminals.get(outcome.terminal);
	if (terminal === undefined) return;
	const { payment: id, status, amount, by } = outcome;
	const settled = terminal.settled.get(id);
	const known = terminal.open.get(id) ?? terminal.unknown.get(id) ?? settled;
	if (known === undefined) return;
	terminal.open.delete(id);
	terminal.unknown.delete(id);
	terminal.settled.delete(id);
	const { settlement: _, moved: __, ...asked } = known as Asked & { settlement?: unknown; moved?: unknown };
	if (settled !== undefined && settled.moved > 0) countBack(terminal, settled);
	if (status === "unknown") {
		terminal.unknown.set(id, asked);
	} else {
		if (status === "approved") count(terminal, asked, outcome);
		if (by === "person") rememberSettled(terminal, { ...asked, moved: status === "approved" ? amount : 0 });
	}
	forgetEmpty(payments, outcome.terminal, terminal);
}

/** Notes the payments that a sale names, so that no other sale can name them unnoticed. */
export function spendPayments({ spent }: Payments, paymentIds: readonly string[], number: number): void {
	for (const id of paymentIds) {
		if (isSpent(spent, id)) continue;
		spent.young.set(id, number);
		if (spent.young.size < SPENT_GENERATION) continue;
		spent.old = spent.young;
		spent.young = new Map();
	}
}

export const isSpent = ({ young, old }: Payments["spent"], id: string): boolean => young.has(id) || old.has(id);

/** +1 where money comes in by this type of request, −1 where it goes back. */
const signOf = (type: Asked["type"]): 1 | -1 => (type === "pay" ? 1 : -1);

function count(terminal: TerminalPayments, asked: Asked, { amount, reference }: PaymentOutcome): void {
	const { id, type } = asked;
	if (type === "end-of-day") {
		terminal.totals = { count: 0, amount: 0 };
		return;
	}
	terminal.totals.count++;
	terminal.totals.amount += signOf(type) * amount;
	if (type === "pay") terminal.last = { id, amount, ...(reference ? { reference } : {}) };
	else if (type === "reverse" && terminal.last?.id === asked.original) delete terminal.last;
}

function countBack(terminal: TerminalPayments, { id, type, moved }: Asked & { moved: number }): void {
	terminal.totals.count--;
	terminal.totals.amount -= signOf(type) * moved;
	if (terminal.last?.id === id) delete terminal.last;
}

/** The oldest, by their number, are forgotten: nothing is heard of them any more. */
function rememberSettled(terminal: TerminalPayments, settled: Asked & { moved: number }): void {
	terminal.settled.set(settled.id, settled);
	if (terminal.settled.size <= SETTLED_MAX) return;
	const [oldest] = [...terminal.settled.values()].sort((a, b) => a.number - b.number);
	if (oldest) terminal.settled.delete(oldest.id);
}

function terminalOf(payments: Payments, name: string): TerminalPayments {
	let terminal = payments.terminals.get(name);
	if (terminal === undefined) {
		terminal = noPayments();
		payments.terminals.set(name, terminal);
	}
	return terminal;
}

/** A register may name a terminal that does not exist: what leaves no trace takes no room. */
function forgetEmpty(payments: Payments, name: string, terminal: TerminalPayments): void {
	const { open, unknown, settled, last, totals } = terminal;
	const isEmpty = open.size + unknown.size + settled.size === 0 && last === undefined && totals.count === 0;
	if (isEmpty && totals.amount === 0) payments.terminals.delete(name);
}
