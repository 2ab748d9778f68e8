import type { People } from "./people.ts";

/** Whoever can switch the box off and on stands in the shop. */
const OPEN_MS = 30 * 60_000;

/** Whether a box that nobody owns may be claimed: for half an hour after it was switched on, and then no more. */
export class ClaimWindow {
	readonly #people: People;
	readonly #now: () => number;
	readonly #openedMs: number;

	/** `now` in milliseconds, from a clock that never jumps. */
	constructor(people: People, now: () => number) {
		this.#people = people;
		this.#now = now;
		this.#openedMs = now();
	}

	get isClaimed(): boolean {
		return this.#people.list().some(({ role }) => role === "owner");
	}

	get isOpen(): boolean {
		return !this.isClaimed && this.#now() - this.#openedMs < OPEN_MS;
	}
}
