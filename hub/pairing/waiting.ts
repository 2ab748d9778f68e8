const FREE_FAILURES = 3;
const WAIT_MS_MIN = 5_000;
const WAIT_MS_MAX = 15 * 60_000;
/** After this long without a failure everything is forgotten. */
const FORGET_MS = 60 * 60_000;
const REMEMBERED_MAX = 10_000;

type Failures = { count: number; lastMs: number; untilMs: number };

/**
 * Makes guessing slow: after three failures under one key, each further one doubles the time that the key must wait, from
 * five seconds to a quarter of an hour. Keys are a person and an address at once, so that nobody can lock out another.
 */
export class Waiting {
	readonly #failures = new Map<string, Failures>();
	readonly #now: () => number;

	/** `now` in milliseconds, from a clock that never jumps. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** How long the key must wait, in milliseconds; 0 where it may try. */
	restMs(key: string): number {
		return Math.max(0, (this.#failures.get(key)?.untilMs ?? 0) - this.#now());
	}

	/** Notes a failure; how long the key must wait now. */
	fail(key: string): number {
		const now = this.#now();
		const known = this.#failures.get(key);
		const count = known && now - known.lastMs < FORGET_MS ? known.count + 1 : 1;
		const waitMs = count <= FREE_FAILURES ? 0 : Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** (count - FREE_FAILURES - 1));
		this.#failures.delete(key);
		this.#failures.set(key, { count, lastMs: now, untilMs: now + waitMs });
		for (const [oldest, { lastMs }] of this.#failures) {
			if (this.#failures.size <= REMEMBERED_MAX && now - lastMs < FORGET_MS) break;
			this.#failures.delete(oldest);
		}
		return waitMs;
	}

	succeed(key: string): void {
		this.#failures.delete(key);
	}
}
