/** Whole grams, or why this is no weight that a register may have. */
export type Grams = { grams: number } | { unsuitable: string };

const decimalsOf = new Map([
	["kg", 3],
	["g", 0],
]);

/**
 * The whole grams in a scale's own decimal text, digit by digit. What is finer than a gram is refused for its digits, not
 * for their value: a verified weight must not be rounded, and a scale that fits only now and then does not fit.
 */
export function wholeGrams(text: string, unit: string): Grams | undefined {
	const digits = /^(\d{1,6})(?:\.(\d{1,6}))?$/.exec(text);
	if (!digits) return undefined;
	const [, whole = "", fraction = ""] = digits;
	const decimals = decimalsOf.get(unit.toLowerCase());
	if (decimals === undefined) return { unsuitable: `the scale weighs in ${unit}, not in kg or g` };
	if (fraction.length > decimals) return { unsuitable: `the scale shows finer than whole grams (${text} ${unit})` };
	return { grams: Number(`${whole}${fraction.padEnd(decimals, "0")}`) };
}
