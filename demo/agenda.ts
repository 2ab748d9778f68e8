import type { ShopClock } from "./shop-day.ts";

/** What is still to happen in the played day, each at its own minute. The first failure ends the day. */
export class Agenda {
	readonly #clock: ShopClock;
	readonly #stop = new AbortController();
	readonly #open = new Set<Promise<void>>();

	constructor(clock: ShopClock) {
		this.#clock = clock;
	}

	now(): number {
		return this.#clock.minute();
	}

	at(minute: number, act: () => Promise<unknown>): void {
		const item = this.#clock
			.reach(minute, this.#stop.signal)
			.then(act)
			.catch((reason) => this.#stop.abort(reason))
			.then(() => {
				this.#open.delete(item);
			});
		this.#open.add(item);
	}

	soon(minutes: number, act: () => Promise<unknown>): void {
		this.at(this.now() + minutes, act);
	}

	/** Resolves when all has happened; throws the first failure at once. */
	async finished(): Promise<void> {
		const failed = new Promise<never>((_, reject) => {
			this.#stop.signal.addEventListener("abort", () => reject(this.#stop.signal.reason));
		});
		failed.catch(() => undefined);
		this.#stop.signal.throwIfAborted();
		while (this.#open.size > 0) await Promise.race([Promise.all(this.#open), failed]);
	}

	stop(): void {
		this.#stop.abort();
	}
}
