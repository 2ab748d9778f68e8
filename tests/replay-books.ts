import type { Sale } from "@kassahub/contracts/sale.ts";
import type { Turnover } from "@kassahub/contracts/turnover.ts";
import { vatTable } from "@kassahub/contracts/vat.ts";
import type { Database } from "../cloud/store/database.ts";
import { bearer, getJson, type Running } from "./shop.ts";

/** Per day and VAT rate, in cents: `2017-01-01 900` → `net 917 vat 83 total 1000`. */
export type Sums = Map<string, { net: number; vat: number; total: number }>;

/** What was sent, added up here. VAT is that of each receipt. */
export function sumsSent(sales: readonly Sale[]): Sums {
	const sums: Sums = new Map();
	for (const sale of sales) {
		for (const { vatRate, net, vat, total } of vatTable(sale.lines)) {
			addTo(sums, sale.at.slice(0, 10), vatRate, { net, vat, total });
		}
	}
	return sums;
}

/** What the hub's books say of each of these days. */
export async function sumsOfHub({ httpUrl, token }: Running, days: Iterable<string>): Promise<Sums> {
	const sums: Sums = new Map();
	for (const day of days) {
		const { byVatRate } = await getJson<Turnover>(`${httpUrl}/api/v1/turnover?day=${day}`, token);
		for (const { vatRate, net, vat, total } of byVatRate) addTo(sums, day, vatRate, { net, vat, total });
	}
	return sums;
}

/** The ids of all sales in the hub's journal, in its order. */
export async function idsInJournal({ httpUrl, token }: Running): Promise<string[]> {
	const ids: string[] = [];
	for (let after = 0; ; ) {
		const answer = await fetch(`${httpUrl}/api/v1/journal?after=${after}&limit=1000`, {
			headers: { ...bearer(token), accept: "application/x-ndjson" },
		});
		const lines = (await answer.text()).split("\n").filter((line) => line !== "");
		if (lines.length === 0) return ids;
		for (const line of lines) {
			const { kind, id, number } = JSON.parse(line) as { kind: string; id: string; number: number };
			if (number !== after + 1) throw new Error(`the journal goes from ${after} to ${number}`);
			after = number;
			if (kind === "sale") ids.push(id);
		}
	}
}

/** What the back office's books say of all days: the tables themselves, whatever its pages make of them. */
export async function sumsOfOffice({ query }: Database): Promise<Sums> {
	const sums: Sums = new Map();
	const rows = await query<{ day: string; vat_rate: number; net: number; vat: number; total: number }>(
		"select day, vat_rate, net, vat, total from turnover_by_vat_rate",
	);
	for (const { day, vat_rate, net, vat, total } of rows) addTo(sums, day, vat_rate, { net, vat, total });
	return sums;
}

/** The ids of all sales that the back office counts. */
export async function idsInOffice({ query }: Database): Promise<string[]> {
	const rows = await query<{ id: string }>("select id from events where kind = 'sale' and in_books order by number");
	return rows.map(({ id }) => id);
}

/** Waits until the back office has all that the journal holds; says what it waits for. */
export async function isRelayed(shop: Pick<Running, "httpUrl" | "token">): Promise<boolean> {
	const answer = await fetch(`${shop.httpUrl}/api/v1/relay`, { headers: bearer(shop.token) });
	if (!answer.ok) return false;
	const { head } = await getJson<{ head: { number: number } }>(
		`${shop.httpUrl}/api/v1/journal?after=0&limit=1`,
		shop.token,
	);
	const state = (await answer.json()) as { acknowledged: number };
	return state.acknowledged === head.number;
}

export const daysOf = (sums: Sums): Set<string> => new Set([...sums.keys()].map((key) => key.slice(0, 10)));

export const totalOf = (sums: Sums): number => [...sums.values()].reduce((sum, { total }) => sum + total, 0);

function addTo(sums: Sums, day: string, vatRate: number, add: { net: number; vat: number; total: number }): void {
	const key = `${day} ${vatRate}`;
	const known = sums.get(key) ?? { net: 0, vat: 0, total: 0 };
	sums.set(key, { net: known.net + add.net, vat: known.vat + add.vat, total: known.total + add.total });
}
