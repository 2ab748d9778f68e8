import { EventEmitter, once } from "node:events";
import type { BareReading, Condition, Evidence, Job, Report, Weight } from "./driver.ts";

/** A report that remembers everything a driver told, and lets a test wait for what it is to tell. */
export class Witness implements Report {
	readonly conditions: Condition[] = [];
	readonly readings: BareReading[] = [];
	readonly #told = new EventEmitter();

	condition(condition: Condition): void {
		this.conditions.push(condition);
		this.#told.emit("told");
	}

	reading(reading: BareReading): void {
		this.readings.push(reading);
		this.#told.emit("told");
	}

	get weights(): Weight[] {
		return this.readings.flatMap((reading) => {
			if (reading.type !== "weight") return [];
			const { type: _, ...weight } = reading;
			return [weight];
		});
	}

	/** Resolves with the first condition from now on, or the present one, that the test looks for. */
	async untilCondition(isWanted: (condition: Condition) => boolean): Promise<Condition> {
		for (;;) {
			const last = this.conditions.at(-1);
			if (last && isWanted(last)) return last;
			await once(this.#told, "told");
		}
	}

	async untilReading<T extends BareReading["type"]>(
		type: T,
		isWanted: (reading: Extract<BareReading, { type: T }>) => boolean,
	): Promise<Extract<BareReading, { type: T }>> {
		for (;;) {
			const last = this.readings.findLast((reading) => reading.type === type);
			if (last && isWanted(last as Extract<BareReading, { type: T }>)) {
				return last as Extract<BareReading, { type: T }>;
			}
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

/** A command's job for tests without a bridge: what is kept stays in memory, as `kept`. */
export function jobOnPaper(evidence?: Evidence): Job & { kept: Evidence | undefined } {
	const job: Job & { kept: Evidence | undefined } = {
		evidence,
		kept: evidence,
		keep: async (next) => {
			job.kept = structuredClone(next);
		},
	};
	return job;
}
