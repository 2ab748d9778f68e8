import { EmulatedScale, emptyPlate, type Load } from "./emulated-scale.ts";

export type NciCondition = Load & {
	unit: "KG" | "LB";
	/** Older text: a status without its letter S. */
	leavesOutS: boolean;
	/** 67xx: where there is no weight, six of one sign stand in its place. */
	fillsWeight: boolean;
	/** Gives a weight in motion too, with the motion bit. */
	weighsInMotion: boolean;
	/** How many status bytes it gives: two to four. */
	statusBytes: number;
	/** Taken off by the scale's own tare key. */
	keyedTareGrams: number;
	/** The zero bit is that of the net weight: the sheet does not say which it is. */
	zeroIsNet: boolean;
	/** It was switched on with goods on the plate, and has no zero. */
	hasNoZero: boolean;
	/** Bits of the status: 04 RAM and 08 EEPROM, 40 ROM and 80 calibration. */
	defects: number;
};

/** A scale with the NCI commands (Weigh-Tronix SCP-01), written from the protocol sheet, section 3. H, U and M it does not know. */
export class EmulatedNci extends EmulatedScale<NciCondition> {
	#command = "";

	constructor(send: (bytes: Uint8Array) => void) {
		super(send, {
			...emptyPlate(),
			unit: "KG",
			leavesOutS: false,
			fillsWeight: false,
			weighsInMotion: false,
			statusBytes: 2,
			keyedTareGrams: 0,
			zeroIsNet: false,
			hasNoZero: false,
			defects: 0,
		});
	}

	override set(change: Partial<NciCondition>): void {
		super.set(change);
		this.takeOff(this.condition.keyedTareGrams);
	}

	receive(bytes: Uint8Array): void {
		for (const character of Buffer.from(bytes).toString("latin1")) {
			if (character !== "\r") {
				this.#command += character;
				continue;
			}
			const command = this.#command;
			this.#command = "";
			this.#reply(command);
		}
	}

	#reply(command: string): void {
		if (command === "Z") this.#zero();
		if (command === "W") this.#say(this.answersWrongly ? [] : this.#weightLines());
		else if (command === "S" || command === "Z") this.#say(this.answersWrongly ? [this.#digits()] : []);
		else this.answer(Buffer.from("\n?\r\x03", "latin1"));
	}

	#zero(): void {
		const { isMoving, tareGrams } = this.condition;
		if (!isMoving && tareGrams === 0 && !this.isOutsideZeroRange) this.zero();
	}

	/** The line with the weight, or none where the status says it all. */
	#weightLines(): string[] {
		const { fillsWeight, hasNoZero, isMoving, weighsInMotion, unit } = this.condition;
		const sign = hasNoZero ? "-" : this.isOverCapacity ? "^" : this.net < 0 ? "_" : undefined;
		if (sign !== undefined) return fillsWeight ? [`${sign.repeat(6)}${unit}`] : [];
		return isMoving && !weighsInMotion ? [] : [this.#digits()];
	}

	#digits(): string {
		const { unit } = this.condition;
		if (unit === "LB") return `${(Math.abs(this.net) / 453.592_37).toFixed(3).padStart(6, "0")}LB`;
		const grams = String(Math.abs(this.net)).padStart(5, "0");
		return `${grams.slice(0, -3)}.${grams.slice(-3)}KG`;
	}

	#status(): string {
		const { isMoving, tareGrams, zeroIsNet, hasNoZero, unit, defects, statusBytes } = this.condition;
		const isAtZero = (zeroIsNet ? this.net : this.gross) === 0 && !isMoving;
		const bits = (...all: boolean[]): number => all.reduce((byte, isSet, at) => byte | (isSet ? 1 << at : 0), 0);
		const all = [
			bits(isMoving, isAtZero) | (defects & 0x0c),
			bits(this.net < 0, this.isOverCapacity) | ((defects >> 4) & 0x0c),
			bits(false, false, tareGrams > 0, hasNoZero),
			bits(false, isAtZero, unit === "KG"),
		].slice(0, statusBytes);
		const follows = (at: number): number => (at > 0 && at < all.length - 1 ? 0x40 : 0x00);
		return String.fromCharCode(...all.map((byte, at) => 0x30 | byte | follows(at)));
	}

	#say(lines: string[]): void {
		const status = `${this.condition.leavesOutS ? "" : "S"}${this.#status()}`;
		this.answer(Buffer.from(`${[...lines, status].map((line) => `\n${line}\r`).join("")}\x03`, "latin1"));
	}
}
