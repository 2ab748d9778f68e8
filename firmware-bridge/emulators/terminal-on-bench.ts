/** What the customer, the card and the acquirer do at the next payment or refund. */
export type NextPayment =
	| { does: "approve" }
	| { does: "decline" }
	/** The customer presses stop. */
	| { does: "cancel" }
	/** Less than asked: `amount` cents are approved. */
	| { does: "approve-part"; amount: number }
	/** No card comes: the terminal waits until the register cancels. */
	| { does: "wait" };

/** Money as the acquirer has it: the books that a register's books must agree with. */
export type Charge = {
	kind: "payment" | "refund";
	/** Cents, above 0. */
	amount: number;
	/** Undone: by a reversal that was asked, or by the terminal itself. */
	isReversed: boolean;
};

/** One message between hub and terminal, whatever its protocol calls it. */
export type BenchMessage = {
	/** From 0, since the hook was set. */
	index: number;
	/** in: from the terminal to the hub. */
	direction: "in" | "out";
	/** As the protocol's sheet names it. */
	name: string;
	/**
	 * before: the terminal has not yet sent it, or has it but not yet acted upon it. after: its bytes have left for the hub,
	 * or the terminal has done what it asks and not yet answered.
	 */
	moment: "before" | "after";
};

/** silent: answers nothing. garbled: answers what its protocol does not know. busy: has something else to do at its own screen. */
export type TerminalMisbehaviour = "silent" | "garbled" | "busy";

/** An emulated pin terminal, as the conformance suite of all terminal drivers has it on its bench. */
export interface TerminalOnBench {
	/** Where it is, as devices.yaml would say it. */
	readonly url: string;
	/** Every charge that the acquirer took, the oldest first; those undone stay, marked. */
	readonly charges: readonly Charge[];
	/** What happens at the next payment or refund; every one after it is approved, unless said anew. */
	next(payment: NextPayment): void;
	/**
	 * Called at each message, twice: before and after. It may call `cutLink` or `powerCycle`, which take effect at once:
	 * nothing of that message happens any more.
	 */
	onMessage(hook: ((message: BenchMessage) => void) | undefined): void;
	/** From now on, until told otherwise. */
	misbehave(how: TerminalMisbehaviour | undefined): void;
	/** Drops the connection. Bytes that left before may still arrive. */
	cutLink(): void;
	/** Resolves when the hub can connect again. */
	restoreLink(): Promise<void>;
	/** Power off at once: only what its memory holds is left. Resolves when it is up again and takes connections. */
	powerCycle(): Promise<void>;
	close(): Promise<void>;
}

/** Cents that moved to the shop, less what moved back. */
export const movedCents = (charges: readonly Charge[]): number =>
	charges
		.filter((charge) => !charge.isReversed)
		.reduce((sum, charge) => sum + (charge.kind === "payment" ? charge.amount : -charge.amount), 0);

/** What a technician asks of the next payment. Throws where there is no such thing. */
export function readPayment({ does, amount }: { does?: unknown; amount?: unknown }): NextPayment {
	if (does === "approve" || does === "decline" || does === "cancel" || does === "wait") return { does };
	if (does === "approve-part" && Number.isSafeInteger(amount)) return { does, amount: amount as number };
	throw new Error(
		'a payment is {"does": "approve" | "decline" | "cancel" | "wait"} or {"does": "approve-part", "amount": cents}',
	);
}

/** How a technician wants a terminal to misbehave, or not any more. Throws where there is no such way. */
export function readMisbehaviour(how: unknown): TerminalMisbehaviour | undefined {
	if (how === undefined || how === "silent" || how === "garbled" || how === "busy") return how;
	throw new Error('a misbehaviour is {"how": "silent" | "garbled" | "busy"}, or {} for none');
}
