/** Random numbers that a seed repeats: the same seed plays the same day. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** A fraction from 0 up to 1 (mulberry32). */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = this.#state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number from `least` to `most`, both included. */
	integer(least: number, most: number): number {
		return least + Math.floor(this.next() * (most - least + 1));
	}

	chance(share: number): boolean {
		return this.next() < share;
	}

	/** A waiting time whose average is `mean`, as between the arrivals of a Poisson process. */
	exponential(mean: number): number {
		return -Math.log(1 - this.next()) * mean;
	}

	/** Throws a RangeError on an empty list. */
	pick<T>(list: readonly T[]): T {
		return this.weighted(list, () => 1);
	}

	/** One of the list, each as likely as its weight. Throws a RangeError where there is nothing to choose. */
	weighted<T>(list: readonly T[], weigh: (one: T) => number): T {
		let left = this.next() * list.reduce((sum, one) => sum + weigh(one), 0);
		for (const one of list) {
			left -= weigh(one);
			if (left < 0) return one;
		}
		throw new RangeError("nothing to choose from");
	}
}
