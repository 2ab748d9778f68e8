/** Money is integer cents, quantity integer thousandths; nothing here rounds twice or uses fractions (invariant 5). */

/** Integer division rounding half away from zero, so that a refund is the exact mirror of its sale. */
export function divideRounded(numerator: number, denominator: number): number {
	const magnitude = Math.abs(numerator);
	const quotient = Math.floor(magnitude / denominator);
	const rounded = (magnitude % denominator) * 2 >= denominator ? quotient + 1 : quotient;
	return numerator < 0 ? 0 - rounded : rounded;
}

/** What a line costs: `quantity` in thousandths times `unitPrice` in cents, less `discount` in cents. */
export function lineTotal(line: { quantity: number; unitPrice: number; discount?: number | undefined }): number {
	return divideRounded(line.quantity * line.unitPrice, 1000) - (line.discount ?? 0);
}

/**
 * Rounds an amount paid in cash to 5 cents: 1 and 2 down, 3 and 4 up, and the mirror below zero.
 * Dutch practice since 2004; only the total is rounded, and only what is paid in cash.
 */
export function roundToFiveCents(cents: number): number {
	return divideRounded(cents, 5) * 5;
}

/** Cents as `12,95` (nl) or `12.95` (en). */
export function formatAmount(cents: number, language: "nl" | "en" = "nl"): string {
	const magnitude = Math.abs(cents);
	const fraction = String(magnitude % 100).padStart(2, "0");
	const sign = cents < 0 ? "-" : "";
	return `${sign}${Math.floor(magnitude / 100)}${language === "nl" ? "," : "."}${fraction}`;
}

/** Thousandths as `1,250 kg` or `2`: weights keep their three decimals, whole pieces show none. */
export function formatQuantity(quantity: number, unit: string, language: "nl" | "en" = "nl"): string {
	const magnitude = Math.abs(quantity);
	const sign = quantity < 0 ? "-" : "";
	const whole = Math.floor(magnitude / 1000);
	const thousandths = magnitude % 1000;
	if (unit === "pcs" && thousandths === 0) return `${sign}${whole}`;
	const decimals = String(thousandths).padStart(3, "0");
	return `${sign}${whole}${language === "nl" ? "," : "."}${decimals}${unit === "pcs" ? "" : ` ${unit}`}`;
}
