import { divideRounded } from "./money.ts";

/** One row of a VAT table: `total` includes VAT, `net` excludes it, and `net + vat = total`, all in cents. */
export type VatRow = { vatRate: number; net: number; vat: number; total: number };

/** The VAT inside an amount that includes it: `amount` in cents, `vatRate` in hundredths of a percent. */
export function vatWithin(amount: number, vatRate: number): number {
	return divideRounded(amount * vatRate, 10_000 + vatRate);
}

/**
 * VAT per rate of a sale, by ascending rate. VAT is computed once over the sum of a rate's lines, not per line,
 * so that the table always adds up to the total and many small lines gather no rounding.
 */
export function vatTable(lines: readonly { vatRate: number; total: number }[]): VatRow[] {
	const totals = new Map<number, number>();
	for (const line of lines) totals.set(line.vatRate, (totals.get(line.vatRate) ?? 0) + line.total);
	return [...totals]
		.sort(([a], [b]) => a - b)
		.map(([vatRate, total]) => {
			const vat = vatWithin(total, vatRate);
			return { vatRate, net: total - vat, vat, total };
		});
}
