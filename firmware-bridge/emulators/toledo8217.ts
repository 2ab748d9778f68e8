import { EmulatedScale, emptyPlate, type Load } from "./emulated-scale.ts";

/** What wear and the workshop have done to the scale. */
export type Toledo8217Condition = Load & {
	/** Cheap copies always set bit 5 of the status. */
	cloneBit5: boolean;
	/** Tare switched off in calibration: no answer to T at all. */
	tareIsOff: boolean;
	/** Bits of the confidence test: 10 ROM, 08 and 04 RAM, 02 NOVRAM. */
	testFailures: number;
};

const STX = 0x02;
const CR = 0x0d;
const TARE_MS = 150;

/** A Toledo 8217 scale, written from the protocol sheet, section 2. */
export class EmulatedToledo8217 extends EmulatedScale<Toledo8217Condition> {
	#digits: string | undefined;
	#hasTestResult = false;

	constructor(send: (bytes: Uint8Array) => void) {
		super(send, { ...emptyPlate(), cloneBit5: false, tareIsOff: false, testFailures: 0 });
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) this.#take(byte & 0x7f);
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
		const character = String.fromCharCode(byte);
		if (character === "W") this.#say(this.answersWrongly ? this.#statusText() : this.#weightText());
		if (character === "Z") {
			this.#zero();
			this.#say(this.answersWrongly ? this.#weightText() : this.#statusText());
		}
		if (character === "T") this.#digits = "";
		if (character === "C") {
			if (!this.condition.isMoving) this.takeOff(0);
			this.#sayLater();
		}
		if (character === "A") {
			this.#hasTestResult = true;
			this.#say("");
		}
		if (character === "B") {
			const result = this.#hasTestResult ? 0x40 | this.condition.testFailures : 0x00;
			this.#hasTestResult = false;
			this.#say(`?${String.fromCharCode(result)}`);
		}
	}

	#zero(): void {
		const { isMoving, tareGrams } = this.condition;
		if (!isMoving && tareGrams === 0 && !this.isOutsideZeroRange) this.zero();
	}

	#tare(digits: string): void {
		const { tareIsOff, tareGrams } = this.condition;
		if (tareIsOff) return;
		if (!this.isBad) {
			if (digits.length === 5) this.takeOff(Number(digits));
			else if (digits === "" && tareGrams === 0 && this.gross > 0) this.takeOff(this.gross);
		}
		this.#sayLater();
	}

	#weightText(): string {
		if (this.isBad || this.net < 0) return this.#statusText();
		const grams = String(this.net).padStart(5, "0");
		return `${grams.slice(0, -3)}.${grams.slice(-3)}${this.condition.tareGrams > 0 ? "N" : ""}`;
	}

	#statusText(): string {
		const { isMoving, cloneBit5, tareGrams } = this.condition;
		let status = 0x40;
		if (isMoving) status |= 0x01;
		if (this.isOverCapacity) status |= 0x02;
		if (this.net < 0) status |= 0x04;
		if (this.isOutsideZeroRange) status |= 0x08;
		if (this.gross === 0 && !isMoving) status |= 0x10;
		if (tareGrams > 0 || cloneBit5) status |= 0x20;
		return `?${String.fromCharCode(status)}`;
	}

	#sayLater(): void {
		setTimeout(() => this.#say(this.#statusText()), TARE_MS);
	}

	#say(text: string): void {
		this.answer(Uint8Array.of(STX, ...Buffer.from(text, "latin1"), CR));
	}
}
