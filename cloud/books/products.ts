import type { Product } from "@kassahub/contracts/product.ts";
import type { Queries } from "../store/database.ts";

/** The group of what is sold without being in the catalogue. */
const NO_GROUP = "unknown";

/** The products of a shop as its journal says, entry by entry: a sale counts in the group its product had then. */
export class ProductChanges {
	readonly #groups: Map<string, string>;
	readonly #changed = new Map<string, Product>();

	private constructor(groups: Map<string, string>) {
		this.#groups = groups;
	}

	/** Begins with what the shop's catalogue says about `skus`. */
	static async read(queries: Queries, tenant: string, shop: string, skus: Iterable<string>): Promise<ProductChanges> {
		const rows = await queries.query<{ sku: string; product_group: string }>(readGroups, [tenant, shop, [...skus]]);
		return new ProductChanges(new Map(rows.map((row) => [row.sku, row.product_group])));
	}

	readonly groupOf = (sku: string): string => this.#groups.get(sku) ?? NO_GROUP;

	set(product: Product): void {
		this.#groups.set(product.sku, product.group);
		this.#changed.set(product.sku, product);
	}

	async write(queries: Queries, tenant: string, shop: string): Promise<void> {
		if (this.#changed.size === 0) return;
		const rows = [...this.#changed.values()].map(({ sku, name, group, unit, unitPrice, vatRate, active }) => ({
			sku,
			name: name.toWellFormed().replaceAll("\u0000", ""),
			product_group: group,
			unit,
			unit_price: unitPrice,
			vat_rate: vatRate,
			active: active ?? true,
		}));
		await queries.query(setProducts, [tenant, shop, JSON.stringify(rows)]);
	}
}

const readGroups = "select sku, product_group from products where tenant = $1 and shop = $2 and sku = any($3::text[])";

const setProducts = `
	insert into products (tenant, shop, sku, name, product_group, unit, unit_price, vat_rate, active)
	select $1, $2, sku, name, product_group, unit, unit_price, vat_rate, active from json_to_recordset($3::json)
		as c (sku text, name text, product_group text, unit text, unit_price bigint, vat_rate bigint, active boolean)
	on conflict (tenant, shop, sku) do update set
		name = excluded.name, product_group = excluded.product_group, unit = excluded.unit,
		unit_price = excluded.unit_price, vat_rate = excluded.vat_rate, active = excluded.active`;
