import type { SaleLine } from "@kassahub/contracts/sale.ts";
import type { StockMovement } from "@kassahub/contracts/stock-movement.ts";
import type { Queries } from "../store/database.ts";

/** What a batch does to the stock of its shop, in thousandths of the unit. */
export class StockChanges {
	readonly #added = new Map<string, number>();
	readonly #counted = new Map<string, number>();

	sell(line: SaleLine): void {
		this.#add(line.sku, -line.quantity);
	}

	move({ sku, type, quantity }: StockMovement): void {
		if (type === "count") {
			this.#added.delete(sku);
			this.#counted.set(sku, quantity);
			return;
		}
		this.#add(sku, type === "waste" ? -Math.abs(quantity) : quantity);
	}

	async write(queries: Queries, tenant: string, shop: string): Promise<void> {
		await writeQuantities(queries, setQuantities, tenant, shop, this.#counted);
		await writeQuantities(queries, addQuantities, tenant, shop, this.#added);
	}

	#add(sku: string, quantity: number): void {
		const counted = this.#counted.get(sku);
		if (counted !== undefined) this.#counted.set(sku, counted + quantity);
		else this.#added.set(sku, (this.#added.get(sku) ?? 0) + quantity);
	}
}

async function writeQuantities(
	queries: Queries,
	sql: string,
	tenant: string,
	shop: string,
	quantities: Map<string, number>,
): Promise<void> {
	if (quantities.size === 0) return;
	const rows = [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
	await queries.query(sql, [tenant, shop, JSON.stringify(rows)]);
}

const setQuantities = `
	insert into stock (tenant, shop, sku, quantity)
	select $1, $2, sku, quantity from json_to_recordset($3::json) as c (sku text, quantity bigint)
	on conflict (tenant, shop, sku) do update set quantity = excluded.quantity`;

const addQuantities = `
	insert into stock as s (tenant, shop, sku, quantity)
	select $1, $2, sku, quantity from json_to_recordset($3::json) as c (sku text, quantity bigint)
	on conflict (tenant, shop, sku) do update set quantity = s.quantity + excluded.quantity`;
