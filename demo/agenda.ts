import type { ShopClock } from "./shop-day.ts";

/** What is still to happen in the played day, each at its own minute. The first failure ends the day. */
export class Agenda {
	readonly #clock: ShopClock;
	readonly #stop = new AbortController();
	readonly #open = new Set<Promise<void>>();

	constructor(clock: ShopClock) {
		this.#clock = clock;
	}

	get signal(): AbortSignal {
		return this.#stop.signal;
	}

	now(): number {
		return this.#clock.minute();
	}

	at(minute: number, act: () => Promise<unknown>): void {
		const item = this.#clock
			.reach(minute, this.signal)
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

	/** Resolves when all has happened; throws what stopped the day. */
	async finished(): Promise<void> {
		while (this.#open.size > 0) await Promise.all(this.#open);
		this.signal.throwIfAborted();
	}

	stop(reason: Error): void {
		this.#stop.abort(reason);
	}
}
