/**
 * How shops lay out the price and weight labels that they or their scales print, as EAN-13 from 20 to 29. No layout
 * holds for all: each shop sets its own, and these two are only where to begin.
 */
export const defaultLabelRules: readonly string[] = ["21IIIIIWWWWWC", "23IIIIIPPPPPC"];

/**
 * Two digits to know the label by, I for the item, W for grams or P for cents, C for the check digit; V before the
 * value is a check digit of its own, whose sum differs from make to make: it is passed over.
 */
export const LABEL_RULE = "^(?=.{13}$)2[0-9]I+V?(?:W+|P+)C$";

export type Label = { item: string; grams?: number; price?: number };

/** What a label of thirteen digits says by the first rule for it; undefined where there is none. */
export function readLabel(digits: string, rules: readonly string[]): Label | undefined {
	const rule = rules.find((candidate) => candidate.slice(0, 2) === digits.slice(0, 2));
	if (rule === undefined) return undefined;
	const part = (letter: string): string => digits.slice(rule.indexOf(letter), rule.lastIndexOf(letter) + 1);
	const item = part("I");
	const value = Number(part(rule.includes("W") ? "W" : "P"));
	// The number under which a shop lists such an article has zeros where a label has its value.
	if (value === 0) return { item };
	return rule.includes("W") ? { item, grams: value } : { item, price: value };
}
