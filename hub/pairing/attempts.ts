const WINDOW_MS = 30_000;
const FAILURES_MAX = 10;
/** One address may stand for many devices (a proxy, NAT), so it may fail more often than one name from it. */
const FAILURES_PER_ADDRESS_MAX = 100;
const REMEMBERED_MAX = 10_000;

/**
 * Slows down guessing: ten wrong secrets for a name from an address within half a minute, and that address must wait
 * for that name. Another address is never affected, so nobody on the LAN can lock another device out.
 */
export class Attempts {
	readonly #failures = new Map<string, { count: number; endsAt: number }>();
	readonly #now: () => number;

	/** `now` in milliseconds, from a clock that never jumps. */
	constructor(now: () => number) {
		this.#now = now;
	}

	isBlocked(address: string, username: string): boolean {
		return this.#count(`${address} ${username}`) >= FAILURES_MAX || this.#count(address) >= FAILURES_PER_ADDRESS_MAX;
	}

	fail(address: string, username: string): void {
		this.#add(`${address} ${username}`);
		this.#add(address);
	}

	#count(key: string): number {
		const failures = this.#failures.get(key);
		return failures && failures.endsAt > this.#now() ? failures.count : 0;
	}

	#add(key: string): void {
		const now = this.#now();
		const failures = this.#failures.get(key);
		if (failures && failures.endsAt > now) {
			failures.count++;
			return;
		}
		// Kept in the order in which they end: the first is always the one to forget.
		this.#failures.delete(key);
		this.#failures.set(key, { count: 1, endsAt: now + WINDOW_MS });
		for (const [oldest, { endsAt }] of this.#failures) {
			if (endsAt > now && this.#failures.size <= REMEMBERED_MAX) break;
			this.#failures.delete(oldest);
		}
	}
}
