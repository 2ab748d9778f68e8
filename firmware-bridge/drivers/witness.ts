import { EventEmitter, once } from "node:events";
import type { Condition, Report, Weight } from "./driver.ts";

/** A report that remembers everything a driver told, and lets a test wait for what it is to tell. */
export class Witness implements Report {
	readonly conditions: Condition[] = [];
	readonly weights: Weight[] = [];
	readonly #told = new EventEmitter();

	condition(condition: Condition): void {
		this.conditions.push(condition);
		this.#told.emit("told");
	}

	weight(weight: Weight): void {
		this.weights.push(weight);
		this.#told.emit("told");
	}

	/** Resolves with the first condition from now on, or the present one, that the test looks for. */
	async untilCondition(isWanted: (condition: Condition) => boolean): Promise<Condition> {
		for (;;) {
			const last = this.conditions.at(-1);
			if (last && isWanted(last)) return last;
			await once(this.#told, "told");
		}
	}

	async untilWeight(isWanted: (weight: Weight) => boolean): Promise<Weight> {
		for (;;) {
			const last = this.weights.at(-1);
			if (last && isWanted(last)) return last;
			await once(this.#told, "told");
		}
	}
}
