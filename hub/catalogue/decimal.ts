/** A number in a file that cannot be read exactly: what is wrong with it. */
export type Unreadable = { message: string };

const DECIMAL = /^([+-]?)(\d{1,12})(?:[.,](\d+))?$/;

/**
 * A decimal number as an integer of its smallest part: "2.99", "2,99" and "2,990" with 2 decimals are 299.
 * Works on the digits as written, so nothing is ever rounded (invariant 5).
 */
export function integerOf(text: string, decimals: number): number | Unreadable {
	const match = DECIMAL.exec(text.trim());
	if (!match) return { message: `"${text}" is no number` };
	const [, sign, whole, fraction = ""] = match as unknown as [string, string, string, string | undefined];
	const kept = fraction.slice(0, decimals);
	if (/[1-9]/.test(fraction.slice(decimals))) return { message: `"${text}" has more than ${decimals} decimals` };
	const magnitude = Number(whole + kept.padEnd(decimals, "0"));
	return sign === "-" && magnitude !== 0 ? -magnitude : magnitude;
}
