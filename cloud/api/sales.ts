import { Cents, ClientName, EventId, Hash, Timestamp } from "@kassahub/contracts/fields.ts";
import { ClockQuality } from "@kassahub/contracts/journal-entry.ts";
import { Sale } from "@kassahub/contracts/sale.ts";
import { Type } from "typebox";
import { TENANT } from "../ledger.ts";
import type { App } from "./app.ts";
import type { Parts } from "./parts.ts";
import { Problem } from "./problem.ts";

const SaleSummary = Type.Object({
	id: EventId,
	shop: ClientName,
	shopName: Type.String(),
	number: Type.Integer({ minimum: 1 }),
	register: ClientName,
	at: Timestamp,
	lines: Type.Integer({ minimum: 1, description: "How many" }),
	methods: Type.Array(Type.String()),
	total: Cents,
});

const BookedSale = Type.Object({
	id: EventId,
	shop: ClientName,
	shopName: Type.String(),
	box: EventId,
	number: Type.Integer({ minimum: 1 }),
	source: Type.String(),
	at: Timestamp,
	clock: ClockQuality,
	hash: Hash,
	inBooks: Type.Boolean({ description: "false: another box of the shop booked it before; counted once" }),
	sale: Sale,
});

type SaleRow = { id: string; shop: string; name: string; number: number; payload: Sale };
type BookedRow = SaleRow & {
	box: string;
	source: string;
	at: string;
	clock: "synchronised" | "unsynchronised";
	hash: string;
	in_books: boolean;
};

export function saleRoutes(app: App, { database }: Parts): void {
	app.get(
		"/sales",
		{
			schema: {
				summary: "The latest sales of a shop or of all, newest first",
				querystring: Type.Object({
					shop: Type.Optional(ClientName),
					limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
				}),
				response: { 200: Type.Object({ sales: Type.Array(SaleSummary) }) },
			},
		},
		async ({ query: { shop = null, limit } }) => {
			const rows = await database.query<SaleRow>(readLatest, [TENANT, shop, limit]);
			return {
				sales: rows.map(({ id, shop, name, number, payload }) => ({
					id,
					shop,
					shopName: name,
					number,
					register: payload.register,
					at: payload.at,
					lines: payload.lines.length,
					methods: payload.payments.map(({ method }) => method),
					total: payload.total,
				})),
			};
		},
	);

	app.get(
		"/sales/:id",
		{
			schema: {
				summary: "One sale, as it was booked",
				params: Type.Object({ id: EventId }),
				response: { 200: BookedSale },
			},
		},
		async ({ params: { id } }) => {
			const [row] = await database.query<BookedRow>(readOne, [TENANT, id]);
			if (!row) throw new Problem(404, "NOT_FOUND", `There is no sale ${id}`);
			const { name, payload, in_books, ...rest } = row;
			return { ...rest, shopName: name, inBooks: in_books, sale: payload };
		},
	);
}

/** Per shop first, so that each walks its own index and no shop's quiet days are searched through another's. */
const readLatest = `
	select e.id, s.shop, s.name, e.number, e.payload from shops s cross join lateral (
		select id, number, payload, sold_at from events
		where tenant = s.tenant and shop = s.shop and kind = 'sale' and in_books order by sold_at desc limit $3
	) e where s.tenant = $1 and ($2::text is null or s.shop = $2) order by e.sold_at desc, e.number desc limit $3`;

const readOne = `
	select e.*, s.shop, s.name from shops s cross join lateral (
		select id, box, number, source, at, clock, hash, in_books, payload from events
		where tenant = s.tenant and shop = s.shop and id = $2 and kind = 'sale' order by in_books desc limit 1
	) e where s.tenant = $1 order by e.in_books desc limit 1`;
