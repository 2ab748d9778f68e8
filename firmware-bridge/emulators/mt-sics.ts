import { EmulatedScale, emptyPlate, type Load } from "./emulated-scale.ts";

export type MtSicsCondition = Load & {
	unit: "kg" | "g" | "lb";
	/** Digits behind the point. */
	decimals: number;
	/** Level 1 of the commands, with tare; level 0 has none. */
	hasTare: boolean;
	/** Tare is taken in steps of so many grams. */
	tareStepGrams: number;
	serialNumber: string;
	/** It waits so long for a still plate. */
	stillMsMax: number;
};

const LOOK_MS = 10;

/** A scale with the MT-SICS commands of level 0 and 1, written from the protocol sheet, section 5. */
export class EmulatedMtSics extends EmulatedScale<MtSicsCondition> {
	#text = "";
	/** The command that waits for the plate to be still. */
	#waiting: NodeJS.Timeout | undefined;

	constructor(send: (bytes: Uint8Array) => void) {
		super(send, {
			...emptyPlate(),
			unit: "kg",
			decimals: 3,
			hasTare: true,
			tareStepGrams: 1,
			serialNumber: "B021002593",
			stillMsMax: 400,
		});
	}

	receive(bytes: Uint8Array): void {
		this.#text += Buffer.from(bytes).toString("latin1");
		for (let end = this.#text.indexOf("\r\n"); end >= 0; end = this.#text.indexOf("\r\n")) {
			const [id = "", ...words] = this.#text.slice(0, end).split(" ");
			this.#text = this.#text.slice(end + 2);
			this.#say(this.#replyTo(id, words));
		}
	}

	/** The answer, or none where it has to wait. */
	#replyTo(id: string, words: string[]): string | undefined {
		const { hasTare, serialNumber } = this.condition;
		const identity = `I4 A "${serialNumber}"`;
		if (id === "@" && words.length === 0) {
			clearTimeout(this.#waiting);
			this.#waiting = undefined;
			this.takeOff(0);
			return identity;
		}
		if (this.#waiting) return `${id} I`;
		if (this.answersWrongly) return identity;
		if (id === "TA" && hasTare) return this.#presetTare(words);
		if (words.length > 0) return "ES";
		if (id === "S") return this.#whenStill(id, () => `S S ${this.#value(this.net)}`);
		if (id === "SI") {
			const letter = this.condition.isMoving ? "D" : "S";
			return `S ${this.#beyond() ?? `${letter} ${this.#value(this.net)}`}`;
		}
		if (id === "Z") return this.#whenStill(id, () => this.#zero());
		if (id === "T" && hasTare) {
			return this.#whenStill(id, () => {
				this.takeOff(this.gross);
				return `T S ${this.#value(this.gross)}`;
			});
		}
		if (id === "TAC" && hasTare) {
			this.takeOff(0);
			return "TAC A";
		}
		if (id === "I2") return 'I2 A "Kassa Standard 15.000 kg"';
		if (id === "I3") return 'I3 A "1.20 18.6.1.1361.772"';
		return id === "I4" ? identity : "ES";
	}

	#presetTare([value, unit, ...others]: string[]): string {
		if (value !== undefined) {
			if (!/^\d+(\.\d+)?$/.test(value) || unit !== this.condition.unit || others.length > 0) return "ES";
			const grams = Number(value) * (unit === "kg" ? 1000 : 1);
			if (grams > this.condition.capacityGrams) return "TA L";
			const step = this.condition.tareStepGrams;
			this.takeOff(Math.round(grams / step) * step);
		}
		return `TA A ${this.#value(this.condition.tareGrams)}`;
	}

	#zero(): string {
		if (this.isOutsideZeroRange) return this.gross > 0 ? "Z +" : "Z -";
		this.takeOff(0);
		this.zero();
		return "Z A";
	}

	/** Answers at once where the plate is still; waits for it as long as the scale would, and says when it could not. */
	#whenStill(id: string, act: () => string): string | undefined {
		const end = performance.now() + this.condition.stillMsMax;
		const look = (): string | undefined => {
			this.#waiting = undefined;
			if (!this.condition.isMoving) {
				const beyond = this.#beyond();
				return beyond ? `${id} ${beyond}` : act();
			}
			if (performance.now() > end) return `${id} I`;
			this.#waiting = setTimeout(() => this.#say(look()), LOOK_MS);
			return undefined;
		};
		return look();
	}

	/** The sign for what is no weight at all. Just below zero is one, with a minus. */
	#beyond(): "+" | "-" | undefined {
		if (this.isOverCapacity) return "+";
		return this.gross < 0 && this.isOutsideZeroRange ? "-" : undefined;
	}

	#value(grams: number): string {
		const { unit, decimals } = this.condition;
		const perGram = { kg: 1 / 1000, g: 1, lb: 1 / 453.592_37 }[unit];
		return `${(grams * perGram).toFixed(decimals).padStart(10)} ${unit}`;
	}

	#say(text: string | undefined): void {
		if (text !== undefined) this.answer(Buffer.from(`${text}\r\n`, "latin1"));
	}
}
