import type { Sale } from "@kassahub/contracts/sale.ts";
import type { Turnover } from "@kassahub/contracts/turnover.ts";
import { vatTable } from "@kassahub/contracts/vat.ts";
import type { Catalogue } from "./catalogue.ts";

/** The sums of one day, in cents, before they are put in order for people. */
export type DayTotals = {
	sales: number;
	refunds: number;
	total: number;
	rounding: number;
	byVatRate: Map<number, { net: number; vat: number; total: number }>;
	byGroup: Map<string, number>;
	byMethod: Map<string, number>;
};
export type Days = Map<string, DayTotals>;

/** Where no product of the catalogue says which group a line belongs to. */
const GROUP_UNKNOWN = "unknown";

/** The local date at which the register made the sale: the first ten characters of its own time. */
export const dayOf = (at: string): string => at.slice(0, 10);

/** Adds a sale to its day. VAT is that of each receipt, so that a day is the sum of what customers were shown. */
export function countSale(days: Days, catalogue: Catalogue, sale: Sale): void {
	const day = totalsOf(days, dayOf(sale.at));
	if (sale.refundOf !== undefined || sale.total < 0) day.refunds++;
	else day.sales++;
	day.total += sale.total;
	day.rounding += sale.rounding;
	for (const { vatRate, net, vat, total } of vatTable(sale.lines)) {
		const sums = day.byVatRate.get(vatRate);
		if (sums === undefined) {
			day.byVatRate.set(vatRate, { net, vat, total });
			continue;
		}
		sums.net += net;
		sums.vat += vat;
		sums.total += total;
	}
	for (const line of sale.lines) {
		addTo(day.byGroup, catalogue.products.get(line.sku)?.product.group ?? GROUP_UNKNOWN, line.total);
	}
	for (const payment of sale.payments) addTo(day.byMethod, payment.method, payment.amount);
}

/** A day's turnover; a day without sales is one of zeroes. */
export function turnoverOf(days: Days, day: string): Turnover {
	const { sales, refunds, total, rounding, byVatRate, byGroup, byMethod } = days.get(day) ?? emptyDay();
	return {
		day,
		sales,
		refunds,
		total,
		rounding,
		byVatRate: [...byVatRate].sort(([a], [b]) => a - b).map(([vatRate, sums]) => ({ vatRate, ...sums })),
		byGroup: [...byGroup].sort(byKey).map(([group, total]) => ({ group, total })),
		byMethod: [...byMethod].sort(byKey).map(([method, amount]) => ({ method, amount })),
	};
}

const emptyDay = (): DayTotals => ({
	sales: 0,
	refunds: 0,
	total: 0,
	rounding: 0,
	byVatRate: new Map(),
	byGroup: new Map(),
	byMethod: new Map(),
});

function totalsOf(days: Days, day: string): DayTotals {
	let totals = days.get(day);
	if (totals === undefined) {
		totals = emptyDay();
		days.set(day, totals);
	}
	return totals;
}

const addTo = (sums: Map<string, number>, key: string, amount: number): void => {
	sums.set(key, (sums.get(key) ?? 0) + amount);
};

const byKey = ([a]: [string, number], [b]: [string, number]): number => (a < b ? -1 : 1);
