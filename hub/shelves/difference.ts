import type { StockLevel } from "@kassahub/contracts/stock-level.ts";

/** What is so little that it is no difference: a piece or a tenth, a hundred grams or a tenth. */
const PIECES_MILLI_MIN = 1000;
const GRAMS_MIN = 100;
const PART = 10;

/** What lies on one shelf, as far as its sensor knows. */
export type Content = { grams: number | undefined; pieces: number | undefined };

/**
 * What lies on all shelves of a product, against what the books have of it. more and less: by more than a sensor errs.
 * Undefined where the two cannot be compared: goods that are neither counted nor weighed, pieces of unknown weight.
 */
export function compare(level: StockLevel, contents: readonly Content[]): "same" | "more" | "less" | undefined {
	if (contents.length === 0 || (level.unit !== "pcs" && level.unit !== "kg")) return undefined;
	let shelves = 0;
	for (const { grams, pieces } of contents) {
		// Thousandths of a kilogram are grams.
		const milli = level.unit === "kg" ? grams : pieces === undefined ? undefined : pieces * 1000;
		if (milli === undefined) return undefined;
		shelves += milli;
	}
	const { quantity } = level.here;
	const tolerance = Math.max(level.unit === "kg" ? GRAMS_MIN : PIECES_MILLI_MIN, Math.abs(quantity) / PART);
	if (shelves > quantity + tolerance) return "more";
	return shelves < quantity - tolerance ? "less" : "same";
}
