const FIRST_MS = 1_000;
const LARGEST_MS = 60_000;

/**
 * How long to wait before the next try: full jitter between nothing and a ceiling that doubles from 1 s to 60 s,
 * so that all shops of a chain don't come back in the same second after a failure of the back office.
 */
export class Backoff {
	readonly #random: () => number;
	readonly #largestMs: number;
	#ceilingMs = FIRST_MS;

	/** `random` gives a number from 0 up to 1, as Math.random does. */
	constructor(random: () => number, largestMs = LARGEST_MS) {
		this.#random = random;
		this.#largestMs = largestMs;
	}

	/** The next wait in milliseconds. */
	next(): number {
		const waitMs = Math.round(this.#random() * this.#ceilingMs);
		this.#ceilingMs = Math.min(this.#ceilingMs * 2, this.#largestMs);
		return waitMs;
	}

	/** After a success: the next failure waits short again. */
	reset(): void {
		this.#ceilingMs = FIRST_MS;
	}
}
