import type { NextPayment } from "./terminal-on-bench.ts";
import { apdu, type Message } from "./zvt-bytes.ts";
import { isPositive, type Line, LineLost } from "./zvt-line.ts";
import type { Transaction, ZvtMemory } from "./zvt-memory.ts";
import {
	abort,
	approvedStatus,
	clockOf,
	completion,
	failedStatus,
	printed,
	progress,
	totalsStatus,
} from "./zvt-messages.ts";
import type { ZvtModel } from "./zvt-model.ts";

/** What the hub asked for at registration and in its command, as far as answers depend on it. */
export type Wishes = { hasCurrency: boolean; hasTlv: boolean; wantsLines: boolean; wantsBlocks: boolean };

/** A card that is waited for, until it comes or the wait is called off. */
export type CardWait = { callOff: () => void };

const ABORTED = 0x6c;

const euros = (cents: number): string => `EUR ${Math.floor(cents / 100)},${String(cents % 100).padStart(2, "0")}`;

/** What a terminal does for a command between its 80 00 and its completion. Each throws LineLost where the hub goes. */
export class ZvtTransactions {
	readonly #memory: ZvtMemory;
	readonly #model: ZvtModel;
	/** Sends each 04 0F once more, though it was acknowledged. */
	repeatsStatus = false;
	cardWait: CardWait | undefined;

	constructor(memory: ZvtMemory, model: ZvtModel) {
		this.#memory = memory;
		this.#model = model;
	}

	async pay(line: Line, kind: "payment" | "refund", amount: number, wishes: Wishes, next: NextPayment): Promise<void> {
		await line.say(progress(0x0a));
		if (next.does === "wait") await this.#waitForCard(line);
		if (next.does === "wait" || next.does === "cancel") return this.#fail(line, ABORTED, "Afgebroken", amount, wishes);
		await line.say(progress(0x02));
		await line.say(progress(0x04));
		if (next.does === "decline") return this.#fail(line, 0x05, "Geweigerd", amount, wishes);
		const taken = next.does === "approve-part" ? next.amount : amount;
		const numbers = this.#memory.nextNumbers();
		const charge = this.#memory.charge(kind, taken);
		await this.#conclude(
			line,
			{ kind, amount: taken, ...numbers, charge, ...this.#papers(taken, numbers, wishes) },
			wishes,
		);
	}

	/** Section 3: the receipt's number says what is reversed; only what is still in the batch can be. */
	async reverse(line: Line, receipt: number, wishes: Wishes): Promise<void> {
		const original = this.#memory.batch.find((transaction) => transaction.receipt === receipt);
		if (!original || original.kind === "reversal" || original.charge.isReversed) {
			await line.say(abort(original?.charge.isReversed ? 0xb4 : 0xb5));
			return;
		}
		await line.say(progress(0x04));
		const { amount, charge, trace } = original;
		const numbers = this.#memory.nextNumbers();
		const papers = this.#papers(amount, numbers, wishes, trace);
		await this.#conclude(line, { kind: "reversal", amount, ...numbers, charge, ...papers }, wishes);
	}

	async endDay(line: Line, wishes: Wishes): Promise<void> {
		await line.say(progress(0x04));
		const { batch, terminalId } = this.#memory;
		const lines = ["DAGTOTALEN", `aantal ${batch.length}`];
		await line.say(apdu(0x040f, totalsStatus(batch, terminalId)), (answer) => {
			if (isPositive(answer)) this.#memory.closeBatch();
		});
		await this.#print(line, this.#printed("administration", lines, wishes));
		await line.say(completion());
	}

	async tellTotals(line: Line): Promise<void> {
		await line.say(apdu(0x040f, totalsStatus(this.#memory.batch, this.#memory.terminalId)));
		await line.say(completion());
	}

	/** 06 20: bit 0 of the service byte asks for the last transaction's 04 0F, bit 1 for no paper. */
	async repeatReceipt(line: Line, last: Transaction, service: number): Promise<void> {
		if (service & 0x01) await line.say(apdu(0x040f, last.status));
		if (!(service & 0x02)) await this.#print(line, last.receipts);
		await line.say(completion());
	}

	/** Takes back what was begun and not stored, and remembers it as a transaction of its own where the model does. */
	undo(): void {
		const charge = this.#memory.charges.at(-1);
		if (!this.#memory.undo() || !charge || !this.#model.storesOwnReversals) return;
		const numbers = this.#memory.nextNumbers();
		const wishes = { hasCurrency: true, hasTlv: false, wantsLines: false, wantsBlocks: false };
		const papers = this.#papers(charge.amount, numbers, wishes);
		this.#memory.store({ kind: "reversal", amount: charge.amount, ...numbers, charge, ...papers });
	}

	async #conclude(line: Line, transaction: Transaction, wishes: Wishes): Promise<void> {
		const { receipts, amount } = transaction;
		let isStored = false;
		const store = (): void => {
			if (!isStored) this.#memory.store(transaction);
			isStored = true;
		};
		if (this.#model.sendsTransactionIds) store();
		const comesLast = (index: number): boolean => !this.#model.printsFirst && index === receipts.length - 1;
		if (this.#model.printsFirst) await this.#print(line, receipts);
		const status = apdu(0x040f, transaction.status);
		const isLastAnswer = this.#model.printsFirst || receipts.length === 0;
		const obey = (answer: Message): void => {
			if (isPositive(answer) && isLastAnswer) store();
		};
		let answer = await line.say(status, obey);
		for (let repeats = 0; answer.head === 0x849c && repeats < this.#model.repeatsMax; repeats++) {
			await new Promise((resolve) => setTimeout(resolve, this.#model.repeatMs));
			answer = await line.say(status, obey);
		}
		if (!isPositive(answer)) return this.#takeBack(line, amount, isStored, wishes);
		if (this.repeatsStatus) await line.say(status);
		for (const [index, receipt] of this.#model.printsFirst ? [] : receipts.entries()) {
			const acknowledged = await line.say(receipt, (printedAnswer) => {
				if (isPositive(printedAnswer) && comesLast(index)) store();
			});
			if (!isPositive(acknowledged)) return this.#takeBack(line, amount, isStored, wishes);
		}
		await line.say(completion());
	}

	async #takeBack(line: Line, amount: number, isStored: boolean, wishes: Wishes): Promise<void> {
		if (isStored) this.#memory.takeBackLast();
		else this.undo();
		await line.say(progress(0x05));
		await this.#fail(line, ABORTED, "Teruggedraaid", amount, wishes);
	}

	async #fail(line: Line, code: number, words: string, amount: number, wishes: Wishes): Promise<void> {
		const { terminalId } = this.#memory;
		const { receipt } = this.#memory.nextNumbers();
		this.#memory.useTrace();
		if (this.#model.numbersDeclines) this.#memory.useReceipt();
		const numbers = this.#model.numbersDeclines ? { receipt } : {};
		const status = failedStatus(code, { amount, terminalId, hasCurrency: wishes.hasCurrency, words, ...numbers });
		await line.say(apdu(0x040f, status));
		await line.say(abort(code));
	}

	async #print(line: Line, receipts: readonly Uint8Array[]): Promise<void> {
		for (const receipt of receipts) {
			if (!isPositive(await line.say(receipt))) throw new LineLost();
		}
	}

	async #waitForCard(line: Line): Promise<void> {
		let isOver = false;
		const over = new Promise<void>((resolve) => {
			this.cardWait = {
				callOff: () => {
					isOver = true;
					resolve();
				},
			};
		});
		const { progressMs } = this.#model;
		while (!isOver && !line.isLost) {
			if (progressMs === 0) await Promise.race([over, line.gone]);
			else {
				await Promise.race([over, line.gone, new Promise((resolve) => setTimeout(resolve, progressMs))]);
				if (!isOver) await line.say(progress(0x0a));
			}
		}
		this.cardWait = undefined;
		if (line.isLost) throw new LineLost();
	}

	#papers(
		amount: number,
		{ receipt, trace }: { receipt: number; trace: number },
		wishes: Wishes,
		originalTrace?: number,
	): Pick<Transaction, "status" | "receipts"> {
		const status = approvedStatus({
			amount,
			receipt,
			trace,
			terminalId: this.#memory.terminalId,
			clock: clockOf(new Date()),
			hasCurrency: wishes.hasCurrency,
			hasTlv: wishes.hasTlv,
			sendsTransactionId: this.#model.sendsTransactionIds,
			...(originalTrace === undefined ? {} : { originalTrace }),
		});
		const lines = [euros(amount), `bon ${receipt}`];
		const receipts = [
			...this.#printed("merchant", ["WINKELTICKET", ...lines], wishes),
			...this.#printed("customer", ["KLANTTICKET", ...lines], wishes),
		];
		return { status, receipts };
	}

	#printed(kind: "merchant" | "customer" | "administration", lines: readonly string[], wishes: Wishes): Uint8Array[] {
		if (this.#model.prints === "nothing" || !wishes.wantsLines) return [];
		return printed(kind, lines, this.#model.prints === "blocks" && wishes.wantsBlocks ? "blocks" : "lines");
	}
}
