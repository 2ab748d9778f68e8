import type { Reading } from "@kassahub/contracts/reading.ts";
import type { Wish } from "./basket.ts";

/** The scale rounds to its own steps; a reading this near is the weight that was put on. */
const NEAR_GRAMS = 20;
const STABLE_WITHIN_MS = 4000;

/** The counter's scale: one customer's goods at a time, and only a weight that it calls stable is taken. */
export class Scale {
	readonly #load: (grams: number) => void;
	#isTaken = false;
	#heard: ((reading: Reading) => void) | undefined;

	/** `load` puts a weight on the plate. */
	constructor(load: (grams: number) => void) {
		this.#load = load;
	}

	hear(reading: Reading): void {
		this.#heard?.(reading);
	}

	/**
	 * Weighs a wish; where the scale is taken by another customer, or silent, the goods were packed and labelled with
	 * their weight before, as shops do in a rush.
	 */
	async weigh(wish: Wish): Promise<Wish> {
		if (this.#isTaken) return wish;
		this.#isTaken = true;
		const grams = await this.#stableNear(wish.quantity);
		this.#load(0);
		this.#isTaken = false;
		return grams === undefined ? wish : { ...wish, quantity: grams };
	}

	#stableNear(wanted: number): Promise<number | undefined> {
		return new Promise((resolve) => {
			const finish = (grams?: number) => {
				clearTimeout(deadline);
				this.#heard = undefined;
				resolve(grams);
			};
			const deadline = setTimeout(finish, STABLE_WITHIN_MS);
			this.#heard = (reading) => {
				if (reading.type !== "weight" || reading.state !== "stable") return;
				if (Math.abs(reading.grams - wanted) <= NEAR_GRAMS) finish(reading.grams);
			};
			this.#load(wanted);
		});
	}
}
