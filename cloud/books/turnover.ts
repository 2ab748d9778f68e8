import type { Sale } from "@kassahub/contracts/sale.ts";
import { vatTable } from "@kassahub/contracts/vat.ts";
import type { Queries } from "../store/database.ts";

type Amounts = Record<string, number>;

/** Sums by key: `key` names the row, the amounts are added to what is there. */
class Sums<Key extends object, Amount extends Amounts> {
	readonly #rows = new Map<string, Key & Amount>();

	add(key: Key, amounts: Amount): void {
		const name = JSON.stringify(key);
		const row = this.#rows.get(name);
		if (!row) {
			this.#rows.set(name, { ...key, ...amounts });
			return;
		}
		const sums: Amounts = row;
		for (const [field, amount] of Object.entries(amounts)) sums[field] = (sums[field] ?? 0) + amount;
	}

	get rows(): (Key & Amount)[] {
		return [...this.#rows.values()];
	}
}

/** What a batch of sales adds to the turnover of its shop, in cents; refunds are negative by themselves. */
export class TurnoverChanges {
	readonly #totals = new Sums<{ day: string; hour: number; register: string }, Amounts>();
	readonly #rates = new Sums<{ day: string; register: string; vat_rate: number }, Amounts>();
	readonly #groups = new Sums<{ day: string; register: string; product_group: string }, Amounts>();
	readonly #methods = new Sums<{ day: string; register: string; method: string }, Amounts>();

	/** `groupOf` says in which group a product is at the moment of this sale. The day is the register's own. */
	add(sale: Sale, groupOf: (sku: string) => string): void {
		const day = sale.at.slice(0, 10);
		const { register, total, rounding } = sale;
		const isRefund = sale.refundOf !== undefined || total < 0;
		this.#totals.add(
			{ day, hour: Number(sale.at.slice(11, 13)), register },
			{ sales: isRefund ? 0 : 1, refunds: isRefund ? 1 : 0, total, rounding },
		);
		for (const { vatRate, net, vat, total } of vatTable(sale.lines)) {
			this.#rates.add({ day, register, vat_rate: vatRate }, { net, vat, total });
		}
		for (const line of sale.lines) {
			this.#groups.add({ day, register, product_group: groupOf(line.sku) }, { total: line.total });
		}
		for (const { method, amount } of sale.payments) this.#methods.add({ day, register, method }, { amount });
	}

	async write(queries: Queries, tenant: string, shop: string): Promise<void> {
		if (this.#totals.rows.length === 0) return;
		const write = (sql: string, rows: object[]) =>
			rows.length > 0 ? queries.query(sql, [tenant, shop, JSON.stringify(rows)]) : undefined;
		await write(addTotals, this.#totals.rows);
		await write(addRates, this.#rates.rows);
		await write(addGroups, this.#groups.rows);
		await write(addMethods, this.#methods.rows);
	}
}

const addTotals = `
	insert into turnover as t (tenant, shop, day, hour, register, sales, refunds, total, rounding)
	select $1, $2, day, hour, register, sales, refunds, total, rounding from json_to_recordset($3::json)
		as c (day date, hour bigint, register text, sales bigint, refunds bigint, total bigint, rounding bigint)
	on conflict (tenant, shop, day, hour, register) do update set
		sales = t.sales + excluded.sales, refunds = t.refunds + excluded.refunds,
		total = t.total + excluded.total, rounding = t.rounding + excluded.rounding`;

const addRates = `
	insert into turnover_by_vat_rate as t (tenant, shop, day, register, vat_rate, net, vat, total)
	select $1, $2, day, register, vat_rate, net, vat, total from json_to_recordset($3::json)
		as c (day date, register text, vat_rate bigint, net bigint, vat bigint, total bigint)
	on conflict (tenant, shop, day, register, vat_rate) do update set
		net = t.net + excluded.net, vat = t.vat + excluded.vat, total = t.total + excluded.total`;

const addGroups = `
	insert into turnover_by_group as t (tenant, shop, day, register, product_group, total)
	select $1, $2, day, register, product_group, total from json_to_recordset($3::json)
		as c (day date, register text, product_group text, total bigint)
	on conflict (tenant, shop, day, register, product_group) do update set total = t.total + excluded.total`;

const addMethods = `
	insert into turnover_by_method as t (tenant, shop, day, register, method, amount)
	select $1, $2, day, register, method, amount from json_to_recordset($3::json)
		as c (day date, register text, method text, amount bigint)
	on conflict (tenant, shop, day, register, method) do update set amount = t.amount + excluded.amount`;
