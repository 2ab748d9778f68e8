import type { BareReading } from "../driver.ts";

/** What a sensor measures. Weight is for shelves; the others are the kinds of a measure. */
export type Kind = "weight" | Extract<BareReading, { type: "measure" }>["kind"];

export type Quantity = { value: number | boolean; unit?: string };

const GRAMS: Readonly<Record<string, number>> = {
	mg: 0.001,
	g: 1,
	kg: 1000,
	oz: 28.349523125,
	lb: 453.59237,
	lbs: 453.59237,
};
/** A ton: whatever says more does not stand on a shelf. */
const GRAMS_MAX = 1_000_000;
/** Zigbee's link quality goes to this. */
const LQI_MAX = 255;

export const isWeightUnit = (unit: string | undefined): boolean => unit !== undefined && Object.hasOwn(GRAMS, unit);

/**
 * The number that a sensor wrote; undefined for everything else: unavailable, unknown, nan, an empty text. Never 0 for
 * what is no number.
 */
export function readNumber(text: string): number | undefined {
	const trimmed = text.trim();
	if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/.test(trimmed)) return undefined;
	const value = Number(trimmed);
	return Number.isFinite(value) ? value : undefined;
}

/** Whole grams; undefined where the unit is no weight's, or no shelf bears it. */
export function toGrams(value: number, unit: string | undefined): number | undefined {
	const factor = unit === undefined || !Object.hasOwn(GRAMS, unit) ? undefined : GRAMS[unit];
	if (factor === undefined || !Number.isFinite(value)) return undefined;
	// What rounds to minus nothing is nothing.
	const grams = Math.round(value * factor) + 0;
	return Math.abs(grams) <= GRAMS_MAX ? grams : undefined;
}

/** A measure in the unit that it is told in: °C, %, dBm; any other as the sensor has it. Undefined where it is no number. */
export function toMeasure(kind: Kind, value: number | boolean, unit: string | undefined): Quantity | undefined {
	if (typeof value === "boolean") return { value };
	if (!Number.isFinite(value)) return undefined;
	if (kind === "temperature" && (unit === "°F" || unit === "F"))
		return { value: tidy(((value - 32) * 5) / 9), unit: "°C" };
	if (kind === "temperature" && unit === "K") return { value: tidy(value - 273.15), unit: "°C" };
	if (kind === "temperature" && (unit === "C" || unit === undefined)) return { value: tidy(value), unit: "°C" };
	if (kind === "signal" && unit?.toLowerCase() === "lqi") {
		return { value: Math.round((Math.min(LQI_MAX, Math.max(0, value)) / LQI_MAX) * 100), unit: "%" };
	}
	if (kind === "signal" && (unit === undefined || unit === "dB")) return { value: tidy(value), unit: "dBm" };
	if ((kind === "humidity" || kind === "battery") && unit === undefined) return { value: tidy(value), unit: "%" };
	return { value: tidy(value), ...(unit === undefined ? {} : { unit }) };
}

/** Three decimals: more is the noise of a float. */
const tidy = (value: number): number => Math.round(value * 1000) / 1000;

/** How much a measure must change before it is told again: the noise of a sensor is no news. */
export function deadBand(kind: Kind, told: number): number {
	switch (kind) {
		case "temperature":
			return 0.2;
		case "humidity":
			return 1;
		case "battery":
			return 1;
		case "signal":
			return 5;
		default:
			return Math.abs(told) / 100;
	}
}
