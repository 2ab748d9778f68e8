/**
 * Amounts in major units ("19.95"), as OPI and nexo write them, to and from integer cents, digit by digit: no amount
 * passes through arithmetic with fractions.
 */

/** 1995 as "19.95": always two decimals. */
export function majorUnits(cents: number): string {
	const digits = String(cents).padStart(3, "0");
	return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** "19.95", "39.5" and "12" in cents; undefined where the text is no amount, or holds a part of a cent. */
export function centsOf(text: string): number | undefined {
	const [, euros, fraction = ""] = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? [];
	if (euros === undefined) return undefined;
	const decimals = fraction.padEnd(2, "0");
	return /^0*$/.test(decimals.slice(2)) ? Number(euros + decimals.slice(0, 2)) : undefined;
}
