/**
 * Counts who can hear a message, by one level of the filters subscribed to, live and stored. A publish costs the broker
 * far more than looking here first, and most third-party registers never listen to their bookings.
 */
export class Audience {
	readonly #counts = new Map<string, number>();
	readonly #canMatch: (filter: string) => boolean;
	readonly #level: number;

	/** `level`: which level of a filter says whom it concerns; access rules see to it that it is no wildcard. */
	constructor(canMatch: (filter: string) => boolean, level: number) {
		this.#canMatch = canMatch;
		this.#level = level;
	}

	add(filter: string): void {
		this.#change(filter, 1);
	}

	remove(filter: string): void {
		this.#change(filter, -1);
	}

	has(name: string): boolean {
		return this.#counts.has(name);
	}

	#change(filter: string, by: 1 | -1): void {
		if (!this.#canMatch(filter)) return;
		const name = filter.split("/")[this.#level] as string;
		const count = (this.#counts.get(name) ?? 0) + by;
		if (count > 0) this.#counts.set(name, count);
		else this.#counts.delete(name);
	}
}
