import { ClientName, Quantity, Sku } from "@kassahub/contracts/fields.ts";
import { Type } from "typebox";
import { TENANT } from "../ledger.ts";
import type { App } from "./app.ts";
import type { Parts } from "./parts.ts";

export const OfficeStock = Type.Object({
	shops: Type.Array(Type.Object({ shop: ClientName, name: Type.String() })),
	products: Type.Array(
		Type.Object({
			sku: Sku,
			name: Type.String({ description: "Empty where no catalogue has it" }),
			group: Type.String(),
			unit: Type.Union([Type.String(), Type.Null()]),
			quantities: Type.Record(ClientName, Quantity, { description: "By shop, where it has any stock kept" }),
		}),
	),
	next: Type.Union([Sku, Type.Null()], { description: "Ask for what comes `after` this; null: that was all" }),
});

type ProductRow = { sku: string; name: string | null; product_group: string | null; unit: string | null };
type LevelRow = { sku: string; shop: string; quantity: number };

export function stockRoutes(app: App, { database }: Parts): void {
	app.get(
		"/stock",
		{
			schema: {
				summary: "Stock per product and shop, by article number",
				querystring: Type.Object({
					shop: Type.Optional(ClientName),
					search: Type.Optional(Type.String({ maxLength: 80, description: "Part of the name, number or group" })),
					limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
					after: Type.Optional(Sku),
				}),
				response: { 200: OfficeStock },
			},
		},
		async ({ query: { shop = null, search = "", limit, after = "" } }) => {
			const shops = await database.query<{ shop: string; name: string }>(readShops, [TENANT, shop]);
			const pattern = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
			const found = await database.query<ProductRow>(readProducts, [TENANT, shop, pattern, after, limit + 1]);
			const page = found.slice(0, limit);
			const skus = page.map(({ sku }) => sku);
			const levels = await database.query<LevelRow>(readLevels, [TENANT, shop, skus]);
			const quantities = new Map<string, Record<string, number>>(skus.map((sku) => [sku, {}]));
			for (const { sku, shop, quantity } of levels) Object.assign(quantities.get(sku) ?? {}, { [shop]: quantity });
			return {
				shops,
				products: page.map(({ sku, name, product_group, unit }) => ({
					sku,
					name: name ?? "",
					group: product_group ?? "",
					unit,
					quantities: quantities.get(sku) ?? {},
				})),
				next: found.length > limit ? (page.at(-1)?.sku ?? null) : null,
			};
		},
	);
}

const readShops =
	"select shop, name from shops where tenant = $1 and ($2::text is null or shop = $2) order by name, shop";

const readProducts = `
	select sku, max(name) as name, max(product_group) as product_group, max(unit) as unit
	from (
		select sku, name, product_group, unit from products where tenant = $1 and ($2::text is null or shop = $2)
		union all
		select sku, null, null, null from stock where tenant = $1 and ($2::text is null or shop = $2)
	) as known
	where sku collate "C" > $4
	group by sku
	having sku ilike $3 or max(name) ilike $3 or max(product_group) ilike $3
	order by sku collate "C" limit $5`;

const readLevels = `
	select sku, shop, quantity from stock
	where tenant = $1 and ($2::text is null or shop = $2) and sku = any($3::text[])`;
