import type { BareReading, Report } from "../driver.ts";

type TagReading = Extract<BareReading, { type: "tag" }>;
/** What was read of a card that is there. */
export type Card = Omit<TagReading, "type" | "isPresent">;

/**
 * Tells each tap once. A card at the edge of the field comes and goes: one that is back within the time set was never
 * away, so its going is told only after that time, or when another one comes.
 */
export class Taps {
	readonly #report: Report;
	readonly #debounceMs: number;
	#present: Card | undefined;
	#leaving: NodeJS.Timeout | undefined;

	constructor(report: Report, debounceMs: number) {
		this.#report = report;
		this.#debounceMs = debounceMs;
	}

	come(card: Card): void {
		clearTimeout(this.#leaving);
		this.#leaving = undefined;
		if (this.#present?.uid === card.uid) return;
		this.end();
		this.#present = card;
		this.#report.reading({ type: "tag", isPresent: true, ...card });
	}

	go(): void {
		if (!this.#present || this.#leaving) return;
		this.#leaving = setTimeout(() => this.end(), this.#debounceMs);
	}

	/** The card is away, and that is told at once. */
	end(): void {
		clearTimeout(this.#leaving);
		this.#leaving = undefined;
		if (!this.#present) return;
		const { uid, isRandomUid } = this.#present;
		this.#present = undefined;
		this.#report.reading({ type: "tag", isPresent: false, uid, isRandomUid });
	}
}
