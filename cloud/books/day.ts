import type { Queries } from "../store/database.ts";

const DAY_MS = 86_400_000;

/** A date as YYYY-MM-DD, moved by whole days. */
export const moveDay = (day: string, days: number): string =>
	new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** How many days lie from one date to another, 0 on the same. */
export const daysBetween = (from: string, to: string): number =>
	(Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;

/** Whether it is a date that exists. */
export const isDay = (text: string): boolean =>
	!Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && moveDay(text, 0) === text;

/** The date it is now where `at`, a time with its offset, was written. */
export function localDay(now: Date, at: string): string {
	const offset = /([+-])(\d{2}):(\d{2})$/.exec(at);
	const minutes = offset ? Number(`${offset[1]}${Number(offset[2]) * 60 + Number(offset[3])}`) : 0;
	return new Date(now.getTime() + minutes * 60_000).toISOString().slice(0, 10);
}

/** What day it is in each shop, by the offset its registers wrote in their last sale. A shop without sales has none. */
export async function readToday(queries: Queries, tenant: string, now: Date): Promise<Map<string, string>> {
	const rows = await queries.query<{ shop: string; at: string }>(
		`select s.shop, e.payload->>'at' as at from shops s cross join lateral (
			select payload from events
			where tenant = s.tenant and shop = s.shop and kind = 'sale' order by sold_at desc limit 1
		) e where s.tenant = $1`,
		[tenant],
	);
	return new Map(rows.map(({ shop, at }) => [shop, localDay(now, at)]));
}

/** Today where no shop says which day it is: the date at this machine. */
export const dayHere = (now: Date): string =>
	new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
