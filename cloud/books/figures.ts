import type { Queries } from "../store/database.ts";

export type Period = { from: string; to: string };
/** Whose figures: of one shop, or of all where there is none named. */
export type Scope = { tenant: string; shop: string | undefined };

export type DayFigures = {
	total: number;
	sales: number;
	refunds: number;
	rounding: number;
	byHour: { hour: number; total: number; sales: number }[];
	byDay: { day: string; total: number; sales: number }[];
	byRegister: { register: string; total: number; sales: number }[];
	byVatRate: { vatRate: number; net: number; vat: number; total: number }[];
	byGroup: { group: string; total: number }[];
	byMethod: { method: string; amount: number }[];
};

const within = "where tenant = $1 and ($2::text is null or shop = $2) and day between $3 and $4";

/** Turnover of a period, first and last day included, in cents: a few sums over the rolled-up rows. */
export async function readFigures(
	queries: Queries,
	{ tenant, shop }: Scope,
	{ from, to }: Period,
): Promise<DayFigures> {
	const parameters = [tenant, shop ?? null, from, to];
	const ask = <Key extends string>(table: string, key: string, sums: Key[]) => {
		const columns = sums.map((name) => `sum(${name})::bigint as ${name}`).join(", ");
		return queries.query<Record<Key, number> & { key: unknown }>(
			`select ${key} as key, ${columns} from ${table} ${within} group by ${key} order by ${key}`,
			parameters,
		);
	};
	const hours = await ask("turnover", "hour", ["total", "sales", "refunds", "rounding"]);
	const days = await ask("turnover", "day", ["total", "sales"]);
	const registers = await ask("turnover", "register", ["total", "sales"]);
	const rates = await ask("turnover_by_vat_rate", "vat_rate", ["net", "vat", "total"]);
	const groups = await ask("turnover_by_group", "product_group", ["total"]);
	const methods = await ask("turnover_by_method", "method", ["amount"]);
	const sum = (name: "total" | "sales" | "refunds" | "rounding") => hours.reduce((all, row) => all + row[name], 0);
	return {
		total: sum("total"),
		sales: sum("sales"),
		refunds: sum("refunds"),
		rounding: sum("rounding"),
		byHour: hours.map(({ key, total, sales }) => ({ hour: Number(key), total, sales })),
		byDay: days.map(({ key, total, sales }) => ({ day: String(key), total, sales })),
		byRegister: registers.map(({ key, total, sales }) => ({ register: String(key), total, sales })),
		byVatRate: rates.map(({ key, net, vat, total }) => ({ vatRate: Number(key), net, vat, total })),
		byGroup: groups.map(({ key, total }) => ({ group: String(key), total })),
		byMethod: methods.map(({ key, amount }) => ({ method: String(key), amount })),
	};
}
