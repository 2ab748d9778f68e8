import { Cents, ClientName, EventId } from "@kassahub/contracts/fields.ts";
import { Type } from "typebox";
import { dayHere, readToday } from "../books/day.ts";
import { TENANT } from "../ledger.ts";
import type { App } from "./app.ts";
import type { Parts } from "./parts.ts";

const Box = Type.Object({
	box: EventId,
	number: Type.Integer({ minimum: 0, description: "Its last journal number here" }),
	heardAt: Type.String({ description: "When it was last heard, by this machine's clock" }),
});

export const OfficeShop = Type.Object({
	shop: ClientName,
	name: Type.String(),
	day: Type.String({ description: "Today, there" }),
	total: Cents,
	sales: Type.Integer({ minimum: 0 }),
	refunds: Type.Integer({ minimum: 0 }),
	lastNumber: Type.Integer({ minimum: 0 }),
	heardAt: Type.String(),
	boxes: Type.Array(Box, { description: "Last heard first" }),
});

type BoxRow = { shop: string; name: string; box: string; number: number; heard_at: string };
type DayRow = { shop: string; total: number; sales: number; refunds: number };

export function shopRoutes(app: App, { database, now }: Parts): void {
	app.get(
		"/shops",
		{
			schema: {
				summary: "Every shop with its turnover of today and how far its boxes have come",
				response: { 200: Type.Object({ shops: Type.Array(OfficeShop) }) },
			},
		},
		async () => {
			const today = await readToday(database, TENANT, now());
			const boxes = await database.query<BoxRow>(readBoxes, [TENANT]);
			const shops = [...new Set(boxes.map(({ shop }) => shop))];
			const days = shops.map((shop) => today.get(shop) ?? dayHere(now()));
			const rows = await database.query<DayRow>(readDays, [TENANT, shops, days]);
			const figures = new Map(rows.map((row) => [row.shop, row]));
			return {
				shops: shops.map((shop, index) => {
					const own = boxes.filter((box) => box.shop === shop);
					const { total = 0, sales = 0, refunds = 0 } = figures.get(shop) ?? {};
					return {
						shop,
						name: own[0]?.name ?? shop,
						day: days[index] ?? "",
						total,
						sales,
						refunds,
						lastNumber: own[0]?.number ?? 0,
						heardAt: own[0]?.heard_at ?? "",
						boxes: own.map(({ box, number, heard_at }) => ({ box, number, heardAt: heard_at })),
					};
				}),
			};
		},
	);
}

const readBoxes = `
	select shop, name, box, number,
		to_char(heard_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as heard_at
	from boxes join shops using (tenant, shop) where tenant = $1 order by name, shop, boxes.heard_at desc`;

const readDays = `
	select shop, sum(total)::bigint as total, sum(sales)::bigint as sales, sum(refunds)::bigint as refunds
	from turnover join unnest($2::text[], $3::date[]) as today (shop, day) using (shop, day)
	where tenant = $1 group by shop`;
