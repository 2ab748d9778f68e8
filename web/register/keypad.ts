/** Cents as they are typed on a keypad: digits move in from the right, `00` at once, `back` takes one away. */
export function typeCents(cents: number, key: string, maximum: number): number {
	if (key === "back") return Math.floor(cents / 10);
	const next = Number(`${cents}${key}`);
	return next > maximum ? cents : next;
}

/** An amount as a person writes it, in hundredths (`decimals` 2) or thousandths (3); undefined where it is none. */
export function readDecimal(text: string, decimals: number): number | undefined {
	const match = /^(\d{1,7})(?:[.,](\d+))?$|^[.,](\d+)$/.exec(text.trim().replace(/^€\s*/, ""));
	if (!match) return undefined;
	const fraction = match[2] ?? match[3] ?? "";
	if (fraction.length > decimals) return undefined;
	return Number(`${match[1] ?? "0"}${fraction.padEnd(decimals, "0")}`);
}
