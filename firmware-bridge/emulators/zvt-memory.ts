import type { Charge } from "./terminal-on-bench.ts";
import type { ZvtModel } from "./zvt-model.ts";

/** A transaction as the terminal stored it. */
export type Transaction = {
	kind: "payment" | "refund" | "reversal";
	amount: number;
	receipt: number;
	trace: number;
	/** Data of its 04 0F, as it is sent again by 06 20. */
	status: readonly number[];
	receipts: readonly Uint8Array[];
	charge: Charge;
};

const RECEIPT_MAX = 9999;

/** What a terminal still knows after a power cut, and what its acquirer took (section 4.2: stored only once acknowledged). */
export class ZvtMemory {
	readonly charges: Charge[] = [];
	readonly terminalId: number;
	readonly #model: ZvtModel;
	#batch: Transaction[] = [];
	#last: Transaction | undefined;
	#receipt = 16;
	#trace = 41;
	#undo: (() => void) | undefined;

	constructor(terminalId: number, model: ZvtModel) {
		this.terminalId = terminalId;
		this.#model = model;
	}

	get last(): Transaction | undefined {
		return this.#last;
	}

	get batch(): readonly Transaction[] {
		return this.#batch;
	}

	/** The numbers of the next transaction; a declined one uses up a receipt number only where the model has it so. */
	nextNumbers(): { receipt: number; trace: number } {
		return { receipt: (this.#receipt % RECEIPT_MAX) + 1, trace: this.#trace + 1 };
	}

	useTrace(): void {
		this.#trace++;
	}

	useReceipt(): void {
		this.#receipt = (this.#receipt % RECEIPT_MAX) + 1;
	}

	/** The acquirer took it. Until it is stored, whatever goes wrong takes it back. */
	charge(kind: Charge["kind"], amount: number): Charge {
		const charge = { kind, amount, isReversed: false };
		this.charges.push(charge);
		this.#undo = () => {
			charge.isReversed = true;
		};
		return charge;
	}

	store(transaction: Transaction): void {
		this.#undo = undefined;
		if (transaction.kind === "reversal") transaction.charge.isReversed = true;
		this.useReceipt();
		this.useTrace();
		this.#last = transaction;
		this.#batch.push(transaction);
	}

	/** Auto-reversal of what was not stored; whether there was any. */
	undo(): boolean {
		if (!this.#undo) return false;
		this.#undo();
		this.#undo = undefined;
		this.useTrace();
		if (this.#model.numbersDeclines || this.#model.storesOwnReversals) this.useReceipt();
		return true;
	}

	/** Section 7.5: the hub is one transaction behind, so the last one is taken back and its number used again. */
	takeBackLast(): void {
		if (!this.#last) return;
		this.#last.charge.isReversed = true;
		this.#batch = this.#batch.filter((transaction) => transaction !== this.#last);
		this.#receipt--;
		this.#last = this.#batch.at(-1);
	}

	closeBatch(): void {
		this.#batch = [];
		this.useTrace();
		if (this.#model.forgetsAtEndOfDay) this.#last = undefined;
	}
}
