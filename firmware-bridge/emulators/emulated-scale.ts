import { goodBehaviour, type Misbehaviour, sendSpoiled } from "./misbehaviour.ts";

/** What lies on a scale, and how it stands. */
export type Load = { grams: number; isMoving: boolean; capacityGrams: number };

export const emptyPlate = (): Load => ({ grams: 0, isMoving: false, capacityGrams: 15_000 });

/** A dialogue of several answers can be spoiled at one of them: the so-many-th from now; 0 spoils every one. */
export type ScaleMisbehaviour = Misbehaviour & { onlyAnswer: number };

const ZERO_RANGE_GRAMS = 300;

/** What an emulated scale is whatever its protocol: a plate with zero and tare, and a voice that can be spoiled. */
export abstract class EmulatedScale<Condition extends Load = Load> {
	readonly #send: (bytes: Uint8Array) => void;
	#condition: Condition;
	#misbehaviour: ScaleMisbehaviour = { ...goodBehaviour(), onlyAnswer: 0 };
	#answers = 0;
	#zeroGrams = 0;
	#tareGrams = 0;

	constructor(send: (bytes: Uint8Array) => void, condition: Condition) {
		this.#send = send;
		this.#condition = condition;
	}

	/** Takes what the hub sends. */
	abstract receive(bytes: Uint8Array): void;

	get condition(): Condition & { tareGrams: number } {
		return { ...this.#condition, tareGrams: this.#tareGrams };
	}

	set(change: Partial<Condition>): void {
		this.#condition = { ...this.#condition, ...change };
	}

	misbehave(change: Partial<ScaleMisbehaviour>): void {
		this.#misbehaviour = { ...goodBehaviour(), onlyAnswer: 0, ...change };
		this.#answers = 0;
	}

	/** Whether the next answer is to be that to another question. */
	protected get answersWrongly(): boolean {
		return this.#spoils(this.#answers + 1) && this.#misbehaviour.answersWrongly;
	}

	protected get gross(): number {
		return this.#condition.grams - this.#zeroGrams;
	}

	protected get net(): number {
		return this.gross - this.#tareGrams;
	}

	protected get isOverCapacity(): boolean {
		return this.gross > this.#condition.capacityGrams;
	}

	/** In motion, under zero or over capacity: no weight to take off or to give. */
	protected get isBad(): boolean {
		return this.#condition.isMoving || this.gross < 0 || this.isOverCapacity;
	}

	protected get isOutsideZeroRange(): boolean {
		return Math.abs(this.gross) > ZERO_RANGE_GRAMS;
	}

	protected zero(): void {
		this.#zeroGrams = this.#condition.grams;
	}

	/** Takes this much off from now on; 0 ends it. */
	protected takeOff(tareGrams: number): void {
		this.#tareGrams = tareGrams;
	}

	/** Says it as the misbehaviour has it. */
	protected answer(bytes: Uint8Array): void {
		this.#answers++;
		sendSpoiled(bytes, this.#spoils(this.#answers) ? this.#misbehaviour : goodBehaviour(), this.#send);
	}

	#spoils(nth: number): boolean {
		const { onlyAnswer } = this.#misbehaviour;
		return onlyAnswer === 0 || onlyAnswer === nth;
	}
}
