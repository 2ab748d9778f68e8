import { isDeepStrictEqual } from "node:util";
import type { Fault } from "@kassahub/contracts/device-state.ts";
import { fault } from "../../fault.ts";
import { type Kind, type Quantity, toGrams, toMeasure } from "./quantities.ts";

/** One thing that a sensor measures. */
export type Measured = {
	/** How shelves of devices.yaml name it. */
	id: string;
	/** How people name it. */
	label: string;
	kind: Kind;
	unit?: string | undefined;
	/** How long a value is true after it was told: Infinity where the sensor says itself that it is gone. Absent: by its rhythm. */
	freshMs?: number | undefined;
};

/** unknown: it did not say yet, and may any moment. */
export type Presence = "there" | "away" | "unknown";

/** What can be said of a value now; the value itself only where it is good. Weights are whole grams. */
export type Finding =
	| { quality: "good"; quantity: Quantity }
	| { quality: "stale" | "offline" | "error"; fault: Fault };

/** So many unreadable messages in a row, and the last value is no longer believed. */
const DOUBTS_MAX = 3;

export class Gauge {
	readonly measured: Measured;
	readonly #rhythm = new Rhythm();
	#quantity: Quantity | undefined;
	#error: Fault | undefined;
	#doubts = 0;
	#presence: Presence = "there";
	#heardAtMs = 0;

	constructor(measured: Measured) {
		this.measured = measured;
	}

	isFor(measured: Measured): boolean {
		return isDeepStrictEqual(measured, this.measured);
	}

	take(raw: number | boolean, nowMs: number): void {
		const { kind, unit, label } = this.measured;
		const quantity = kind === "weight" ? weightOf(raw, unit) : toMeasure(kind, raw, unit);
		if (!quantity) {
			this.spoil(fault("SENSOR_VALUE_INVALID", `${label}: ${raw} ${unit ?? "without a unit"}`), nowMs);
			return;
		}
		this.#heard(nowMs);
		this.#quantity = quantity;
		this.#error = undefined;
		this.#doubts = 0;
	}

	/** The sensor says that it has no value, or one that is none. */
	spoil(error: Fault, nowMs: number): void {
		this.#heard(nowMs);
		this.#error = error;
	}

	/** The sensor said something that cannot be read. */
	doubt(error: Fault): void {
		this.#doubts++;
		if (this.#doubts >= DOUBTS_MAX) this.#error = error;
	}

	/** Whether the sensor itself says that it is there. */
	set presence(presence: Presence) {
		this.#presence = presence;
	}

	/** When the present value will be stale. */
	get staleAtMs(): number {
		return this.#heardAtMs + (this.measured.freshMs ?? this.#rhythm.freshMs);
	}

	/** Undefined where nothing was heard yet. */
	find(nowMs: number): Finding | undefined {
		const { label } = this.measured;
		if (this.#presence === "unknown") return undefined;
		if (this.#presence === "away") return { quality: "offline", fault: fault("SENSOR_OFFLINE", label) };
		if (this.#error) return { quality: "error", fault: this.#error };
		if (!this.#quantity) return undefined;
		if (nowMs >= this.staleAtMs) {
			const silentS = Math.round((this.staleAtMs - this.#heardAtMs) / 1000);
			return { quality: "stale", fault: fault("SENSOR_STALE", `${label}: silent for more than ${silentS} s`) };
		}
		return { quality: "good", quantity: this.#quantity };
	}

	#heard(nowMs: number): void {
		if (this.#heardAtMs > 0) this.#rhythm.beat(nowMs - this.#heardAtMs);
		this.#heardAtMs = nowMs;
	}
}

function weightOf(raw: number | boolean, unit: string | undefined): Quantity | undefined {
	const grams = typeof raw === "number" ? toGrams(raw, unit) : undefined;
	return grams === undefined ? undefined : { value: grams, unit: "g" };
}

const INTERVALS_KEPT = 9;
const INTERVALS_NEEDED = 3;
/** A sensor that says the same thing twice a second is not gone when it takes a breath. */
const FRESH_MS_MIN = 60_000;

/** How often a sensor speaks, learnt from it: one that is silent for three times as long as usual is stale. */
class Rhythm {
	readonly #intervals: number[] = [];

	beat(intervalMs: number): void {
		this.#intervals.push(intervalMs);
		if (this.#intervals.length > INTERVALS_KEPT) this.#intervals.shift();
	}

	get freshMs(): number {
		if (this.#intervals.length < INTERVALS_NEEDED) return Number.POSITIVE_INFINITY;
		const sorted = this.#intervals.toSorted((a, b) => a - b);
		return Math.max(FRESH_MS_MIN, 3 * (sorted[Math.floor(sorted.length / 2)] as number));
	}
}
