import type { NextPayment, TerminalMisbehaviour } from "./terminal-on-bench.ts";
import { apdu, ascii, bcd, bmpOf, lllvar, type Message, readBcd } from "./zvt-bytes.ts";
import { Line, LineLost, MessageCounter, type Port } from "./zvt-line.ts";
import { ZvtMemory } from "./zvt-memory.ts";
import { abort, completion, POSITIVE, progress, refusal } from "./zvt-messages.ts";
import { usualModel, type ZvtModel } from "./zvt-model.ts";
import { type Wishes, ZvtTransactions } from "./zvt-transactions.ts";

/** What ails a terminal, beside what any emulated terminal can suffer. */
export type ZvtFaults = {
	/** Terminal status that 05 01 answers and that refuses payments, F0: an end of day is due. 0: ready. */
	status: number;
	/** Begins what was asked and never says 80 00. */
	dropsAnswer: boolean;
	/** Answers a command this much later. */
	lateMs: number;
	/** Sends each 04 0F once more. */
	repeatsStatus: boolean;
};

const NOT_REGISTERED = 0x6b;
const PLEASE_WAIT = 0x9c;
const NOT_POSSIBLE = 0x83;
const NEEDS_REGISTRATION = new Set([0x0601, 0x0610, 0x0620, 0x0630, 0x0631, 0x0650]);
const MOVES_MONEY = new Set([0x0601, 0x0630, 0x0631]);
const NO_WISHES: Wishes = { hasCurrency: false, hasTlv: false, wantsLines: false, wantsBlocks: false };

/** A ZVT payment terminal, written from the protocol sheet. Lines of hubs come and go; its memory stays. */
export class EmulatedZvtTerminal {
	readonly model: ZvtModel;
	readonly memory: ZvtMemory;
	readonly counter = new MessageCounter();
	readonly #transactions: ZvtTransactions;
	#faults: ZvtFaults = { status: 0, dropsAnswer: false, lateMs: 0, repeatsStatus: false };
	#misbehaviour: TerminalMisbehaviour | undefined;
	#next: NextPayment = { does: "approve" };
	#line: Line | undefined;
	/** Counts power cycles: what an earlier life had under way does nothing any more. */
	#life = 0;
	#isUnderWay = false;
	/** Enquiries still to be answered with "wait" after the link was lost. */
	#lingering = 0;
	#registration: Wishes | undefined;

	constructor({ model = {}, terminalId = 31_000_042 }: { model?: Partial<ZvtModel>; terminalId?: number } = {}) {
		this.model = { ...usualModel(), ...model };
		this.memory = new ZvtMemory(terminalId, this.model);
		this.#transactions = new ZvtTransactions(this.memory, this.model);
	}

	next(payment: NextPayment): void {
		this.#next = payment;
	}

	misbehave(how: TerminalMisbehaviour | undefined): void {
		this.#misbehaviour = how;
	}

	suffer(faults: Partial<ZvtFaults>): void {
		this.#faults = { ...this.#faults, ...faults };
		this.#transactions.repeatsStatus = this.#faults.repeatsStatus;
	}

	/** A hub's connection; it takes the place of an earlier one. */
	connect(port: Port): Line {
		this.#line?.lose();
		const line: Line = new Line(port, {
			counter: this.counter,
			ackMs: this.model.ackMs,
			command: (message) => this.#take(line, port, message),
		});
		this.#line = line;
		return line;
	}

	/** It no longer knows the register, as after a restart of its own that nobody saw. */
	forgetRegistration(): void {
		this.#registration = undefined;
	}

	/** Everything but the memory is gone; what was begun and not stored is taken back on the way up (section 4.2). */
	powerCycle(): void {
		this.#life++;
		this.#line?.lose();
		this.#line = undefined;
		this.#isUnderWay = false;
		this.#lingering = 0;
		this.#registration = undefined;
		this.#transactions.cardWait = undefined;
		this.#transactions.undo();
	}

	#take(line: Line, port: Port, message: Message): (() => void) | undefined {
		if (this.#misbehaviour === "silent") return undefined;
		if (this.#misbehaviour === "garbled") return () => port.send(Uint8Array.from([0xe7, 0x3c, 0x02, 0xf1, 0x99]));
		if (this.#misbehaviour === "busy") return () => line.tell(refusal(PLEASE_WAIT));
		const { head, data } = message;
		if (head === 0x06b0) return this.#abort(line);
		if (this.#isUnderWay) return () => line.tell(refusal(PLEASE_WAIT));
		if (this.#lingering > 0) {
			if (--this.#lingering === 0) this.#transactions.undo();
			return () => line.tell(refusal(PLEASE_WAIT));
		}
		if (NEEDS_REGISTRATION.has(head) && !this.#registration) return () => line.tell(refusal(NOT_REGISTERED));
		if (MOVES_MONEY.has(head) && this.#faults.status !== 0) return () => line.tell(refusal(this.#faults.status));
		if (head === 0x0602) {
			this.#registration = undefined;
			return () => line.tell(POSITIVE);
		}
		if (head === 0x0600 && !isEuro(data)) return () => line.tell(apdu(0x841e, [0x6f, 0x09, 0x78]));
		const work = this.#workOf(line, head, data);
		if (!work) return () => line.tell(refusal(NOT_POSSIBLE));
		this.#isUnderWay = true;
		const life = this.#life;
		return () => void this.#run(line, work, life);
	}

	/** Section 3: honoured while it waits for a card, refused while it talks to its host. */
	#abort(line: Line): () => void {
		const { cardWait } = this.#transactions;
		if (!cardWait) return () => line.tell(refusal(this.#isUnderWay ? PLEASE_WAIT : NOT_POSSIBLE));
		return () => {
			line.tell(POSITIVE);
			cardWait.callOff();
		};
	}

	async #run(line: Line, work: () => Promise<unknown>, life: number): Promise<void> {
		try {
			const { lateMs, dropsAnswer } = this.#faults;
			if (lateMs > 0) await new Promise((resolve) => setTimeout(resolve, lateMs));
			if (!dropsAnswer) line.tell(POSITIVE);
			await work();
		} catch (error) {
			if (!(error instanceof LineLost)) throw error;
			if (life !== this.#life) return;
			this.#lingering = this.model.lingers;
			if (this.#lingering === 0) this.#transactions.undo();
		} finally {
			if (life === this.#life) this.#isUnderWay = false;
		}
	}

	#workOf(line: Line, head: number, data: Uint8Array): (() => Promise<unknown>) | undefined {
		const hasCurrency = bmpOf(head === 0x0601 ? data : data.subarray(3), 0x49) !== undefined;
		const wishes = { ...(this.#registration ?? NO_WISHES), hasCurrency };
		const last = this.memory.last;
		switch (head) {
			case 0x0501:
				return () => line.say(completion(this.#statusOf(data)));
			case 0x0600:
				return () => this.#register(line, data);
			case 0x0601:
				return () => this.#pay(line, "payment", data, wishes);
			case 0x0631:
				return () => this.#pay(line, "refund", data.subarray(3), wishes);
			case 0x0630: {
				const receipt = readBcd(bmpOf(data.subarray(3), 0x87) ?? Uint8Array.of());
				return () => this.#transactions.reverse(line, receipt, wishes);
			}
			case 0x0650:
				return () => {
					this.suffer({ status: 0 });
					return this.#transactions.endDay(line, wishes);
				};
			case 0x0610:
				return () => this.#transactions.tellTotals(line);
			case 0x0620:
				if (!last && this.model.emptyAnswer === "84") return undefined;
				if (!last) return () => line.say(abort(0x64));
				return () => this.#transactions.repeatReceipt(line, last, bmpOf(data.subarray(3), 0x03)?.[0] ?? 0);
			case 0x0670:
			case 0x0693:
				return async () => {
					await line.say(progress(0x17));
					this.suffer({ status: 0 });
					await line.say(completion());
				};
			case 0x0691:
				return () => line.say(completion());
			default:
				return undefined;
		}
	}

	#pay(line: Line, kind: "payment" | "refund", data: Uint8Array, wishes: Wishes): Promise<unknown> {
		const amount = readBcd(bmpOf(data, 0x04) ?? Uint8Array.of());
		if (!(amount > 0)) return line.say(abort(0xb7));
		if (this.model.sendsTransactionIds) this.#mirror(transactionIdOf(data));
		const next = this.#next;
		this.#next = { does: "approve" };
		return this.#transactions.pay(line, kind, amount, wishes, next);
	}

	/** Section 7.5: a hub that mirrors the transaction before the last one has not booked the last. */
	#mirror(id: Uint8Array | undefined): void {
		const { last, batch } = this.memory;
		if (!id || id.length === 0 || !last || readBcd(id) === last.receipt) return;
		if (readBcd(id) === batch.at(-2)?.receipt) this.memory.takeBackLast();
	}

	async #register(line: Line, data: Uint8Array): Promise<void> {
		const config = data[3] ?? 0;
		const tlvs = bmpOf(data.subarray(6), 0x06);
		const wantsBlocks = tlvs !== undefined && Buffer.from(tlvs).includes(Buffer.from("06d3", "hex"));
		this.#registration = {
			hasCurrency: true,
			hasTlv: tlvs !== undefined,
			wantsLines: (config & 0x82) === 0x82,
			wantsBlocks,
		};
		const echo = tlvs ? [0x06, 0x09, 0x12, 0x01, 0x42, 0x26, 0x04, 0x0a, 0x02, 0x06, 0xd3] : [];
		const id = bcd(this.memory.terminalId, 4);
		await line.say(completion([0x19, 0x00, 0x29, ...id, 0x49, 0x09, 0x78, ...echo]));
	}

	#statusOf(data: Uint8Array): number[] {
		const service = bmpOf(data.subarray(3), 0x03)?.[0] ?? 0;
		const version = service & 0x02 ? [] : lllvar(ascii("KH-EMU 1.0"));
		return [...version, this.#faults.status];
	}
}

/** Registration `<pw3><config1>[<CC2>…]`: no currency is euro too. */
const isEuro = (data: Uint8Array): boolean => data.length < 6 || readBcd(data.subarray(4, 6)) === 978;

/** The value of 1F1F in the command's TLV container. */
function transactionIdOf(data: Uint8Array): Uint8Array | undefined {
	const container = bmpOf(data, 0x06);
	for (let at = 0; container && at + 3 <= container.length; ) {
		const tagBytes = ((container[at] ?? 0) & 0x1f) === 0x1f ? 2 : 1;
		const length = container[at + tagBytes] ?? 0;
		const start = at + tagBytes + 1;
		if (container[at] === 0x1f && container[at + 1] === 0x1f) return container.subarray(start, start + length);
		at = start + length;
	}
	return undefined;
}
