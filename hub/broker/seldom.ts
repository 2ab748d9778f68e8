const AGAIN_AFTER_MS = 60_000;

/** Lets a thing that somebody does over and over be logged once a minute, with how often it was in between. */
export class Seldom {
	readonly #seen = new Map<string, { saidAtMs: number; times: number }>();
	readonly #now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** How often it happened since it was last said, this time included; undefined where it is not to be said now. */
	times(who: string, what: string): number | undefined {
		const key = JSON.stringify([who, what]);
		const seen = this.#seen.get(key) ?? { saidAtMs: Number.NEGATIVE_INFINITY, times: 0 };
		this.#seen.set(key, seen);
		seen.times++;
		if (this.#now() < seen.saidAtMs + AGAIN_AFTER_MS) return undefined;
		const { times } = seen;
		seen.saidAtMs = this.#now();
		seen.times = 0;
		return times;
	}
}
