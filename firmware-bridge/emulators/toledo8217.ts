import { goodBehaviour, type Misbehaviour, sendSpoiled } from "./misbehaviour.ts";

/** What lies on the scale and what wear has done to it. */
export type ScaleCondition = {
	grams: number;
	isMoving: boolean;
	capacityGrams: number;
	/** Cheap copies always set bit 5 of the status. */
	cloneBit5: boolean;
	/** Tare switched off in calibration: no answer to T at all. */
	tareIsOff: boolean;
	/** Bits of the confidence test: 10 ROM, 08 and 04 RAM, 02 NOVRAM. */
	testFailures: number;
};

const STX = 0x02;
const CR = 0x0d;
const ZERO_RANGE_GRAMS = 300;
const TARE_MS = 150;

/** A Toledo 8217 scale, written from the protocol sheet: characters in by `receive`, answers out by `send`. */
export class EmulatedScale {
	readonly #send: (bytes: Uint8Array) => void;
	#condition: ScaleCondition = {
		grams: 0,
		isMoving: false,
		capacityGrams: 15_000,
		cloneBit5: false,
		tareIsOff: false,
		testFailures: 0,
	};
	#misbehaviour = goodBehaviour();
	#zeroGrams = 0;
	#tareGrams = 0;
	#digits: string | undefined;
	#hasTestResult = false;

	constructor(send: (bytes: Uint8Array) => void) {
		this.#send = send;
	}

	get condition(): ScaleCondition & { tareGrams: number } {
		return { ...this.#condition, tareGrams: this.#tareGrams };
	}

	set(change: Partial<ScaleCondition>): void {
		this.#condition = { ...this.#condition, ...change };
	}

	misbehave(change: Partial<Misbehaviour>): void {
		this.#misbehaviour = { ...goodBehaviour(), ...change };
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) this.#take(byte & 0x7f);
	}

	get #gross(): number {
		return this.#condition.grams - this.#zeroGrams;
	}

	get #isBad(): boolean {
		return this.#condition.isMoving || this.#gross < 0 || this.#gross > this.#condition.capacityGrams;
	}

	#take(byte: number): void {
		if (this.#digits !== undefined) {
			if (byte === CR) this.#tare(this.#digits);
			else if (byte >= 0x30 && byte <= 0x39 && this.#digits.length < 5) {
				this.#digits += String.fromCharCode(byte);
				return;
			}
			this.#digits = undefined;
			return;
		}
		const { answersWrongly } = this.#misbehaviour;
		const character = String.fromCharCode(byte);
		if (character === "W") this.#answer(answersWrongly ? this.#statusText() : this.#weightText());
		if (character === "Z") {
			this.#zero();
			this.#answer(answersWrongly ? this.#weightText() : this.#statusText());
		}
		if (character === "T") this.#digits = "";
		if (character === "C") {
			if (!this.#condition.isMoving) this.#tareGrams = 0;
			this.#answerLater();
		}
		if (character === "A") {
			this.#hasTestResult = true;
			this.#answer("");
		}
		if (character === "B") {
			const result = this.#hasTestResult ? 0x40 | this.#condition.testFailures : 0x00;
			this.#hasTestResult = false;
			this.#answer(`?${String.fromCharCode(result)}`);
		}
	}

	#zero(): void {
		const mayZero = !this.#condition.isMoving && this.#tareGrams === 0 && Math.abs(this.#gross) <= ZERO_RANGE_GRAMS;
		if (mayZero) this.#zeroGrams = this.#condition.grams;
	}

	#tare(digits: string): void {
		if (this.#condition.tareIsOff) return;
		if (!this.#isBad) {
			if (digits.length === 5) this.#tareGrams = Number(digits);
			else if (digits === "" && this.#tareGrams === 0 && this.#gross > 0) this.#tareGrams = this.#gross;
		}
		this.#answerLater();
	}

	#weightText(): string {
		const net = this.#gross - this.#tareGrams;
		if (this.#isBad || net < 0) return this.#statusText();
		const grams = String(net).padStart(5, "0");
		return `${grams.slice(0, -3)}.${grams.slice(-3)}${this.#tareGrams > 0 ? "N" : ""}`;
	}

	#statusText(): string {
		const { isMoving, capacityGrams, cloneBit5 } = this.#condition;
		const net = this.#gross - this.#tareGrams;
		let status = 0x40;
		if (isMoving) status |= 0x01;
		if (this.#gross > capacityGrams) status |= 0x02;
		if (net < 0) status |= 0x04;
		if (Math.abs(this.#gross) > ZERO_RANGE_GRAMS) status |= 0x08;
		if (this.#gross === 0 && !isMoving) status |= 0x10;
		if (this.#tareGrams > 0 || cloneBit5) status |= 0x20;
		return `?${String.fromCharCode(status)}`;
	}

	#answerLater(): void {
		setTimeout(() => this.#answer(this.#statusText()), TARE_MS);
	}

	#answer(text: string): void {
		sendSpoiled(Uint8Array.of(STX, ...Buffer.from(text, "latin1"), CR), this.#misbehaviour, this.#send);
	}
}
