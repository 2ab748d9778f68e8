import type { Acknowledgement } from "@kassahub/contracts/relay-batch.ts";

const IN_FLIGHT_MAX = 4;

export type Fault = { code: string; detail: string };

/**
 * What was sent and what the cloud has: decides which rows go next. Knows no clock and no wire.
 *
 * A connection starts with a probe: one batch that begins with the row the cloud is believed to have last. The cloud
 * compares that row with its own, so a forked journal is found before anything is stored, and its answer is the truth
 * from which the window opens. The retained acknowledgement and the local cursor are only hints for where to probe.
 */
export class Window {
	#acknowledged: number;
	#hash: string | undefined;
	#sent: number;
	#inFlight: number[] = [];
	#isProbing = true;
	#rewoundAt = -1;
	#fault: Fault | undefined;

	constructor(acknowledged: number) {
		this.#acknowledged = acknowledged;
		this.#sent = acknowledged;
	}

	get acknowledged(): number {
		return this.#acknowledged;
	}

	get sent(): number {
		return this.#sent;
	}

	get isProbing(): boolean {
		return this.#isProbing;
	}

	get isWaiting(): boolean {
		return this.#inFlight.length > 0;
	}

	/** Why nothing more is sent but a probe now and then: the journals differ, or the cloud refused a batch. */
	get fault(): Fault | undefined {
		return this.#fault;
	}

	/** The number after which the next batch begins, or undefined while enough is under way. */
	get next(): number | undefined {
		if (this.#isProbing) return this.#inFlight.length === 0 ? Math.max(0, this.#acknowledged - 1) : undefined;
		return this.#inFlight.length < IN_FLIGHT_MAX ? this.#sent : undefined;
	}

	/** Whether `hash`, the hash of our row `number`, is the one that the cloud named for it. */
	agrees(number: number, hash: string): boolean {
		return number !== this.#acknowledged || this.#hash === undefined || this.#hash === hash;
	}

	addSent(last: number): void {
		this.#inFlight.push(last);
		this.#sent = last;
	}

	/** The cloud's word: how far it is. Whatever we believed before gives way. */
	acknowledge(ack: Acknowledgement): void {
		this.#fault = ack.refused && { code: ack.refused.code, detail: ack.refused.detail };
		const isBehind = ack.number < this.#acknowledged;
		const isAhead = ack.number > this.#sent;
		this.#acknowledged = ack.number;
		this.#hash = ack.hash;
		this.#inFlight = this.#inFlight.filter((last) => last > ack.number);
		// Every batch behind a lost one is answered with a gap: go back once, not for each of them.
		const isNewGap = ack.gap === true && this.#rewoundAt !== ack.number;
		if (ack.refused || isBehind || isAhead || isNewGap) {
			if (ack.gap) this.#rewoundAt = ack.number;
			this.probe();
			// A cloud that is behind, or has a gap, has just said where it is; one ahead of us must be compared with.
			this.#isProbing = ack.refused !== undefined || isAhead;
			return;
		}
		this.#isProbing = false;
	}

	/** The retained acknowledgement heard on connecting: only where to begin. */
	hint(ack: Acknowledgement): void {
		this.#acknowledged = ack.number;
		this.#hash = ack.hash;
		this.#fault = ack.refused && { code: ack.refused.code, detail: ack.refused.detail };
		this.probe();
	}

	/** The journal lacks the row the cloud has, or holds another one. */
	fork(detail: string): void {
		this.#fault = { code: "CHAIN_FORKED", detail };
		this.probe();
	}

	/** Nothing under way can be counted on any more: ask anew, from what the cloud last said. */
	probe(): void {
		this.#sent = this.#acknowledged;
		this.#inFlight = [];
		this.#isProbing = true;
	}
}
