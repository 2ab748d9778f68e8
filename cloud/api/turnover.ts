import { Cents, ClientName, VatRate } from "@kassahub/contracts/fields.ts";
import { Type } from "typebox";
import { dayHere, daysBetween, isDay, moveDay, readToday } from "../books/day.ts";
import { type Period, readFigures } from "../books/figures.ts";
import { TENANT } from "../ledger.ts";
import type { App } from "./app.ts";
import type { Parts } from "./parts.ts";
import { Problem } from "./problem.ts";

const DAYS_MAX = 400;
const Day = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const Count = Type.Integer({ minimum: 0 });
const ByHour = Type.Array(Type.Object({ hour: Type.Integer({ minimum: 0, maximum: 23 }), total: Cents, sales: Count }));

export const OfficeTurnover = Type.Object({
	shop: Type.Union([ClientName, Type.Null()], { description: "null: all shops together" }),
	from: Day,
	to: Day,
	total: Cents,
	sales: Count,
	refunds: Count,
	rounding: Cents,
	byVatRate: Type.Array(Type.Object({ vatRate: VatRate, net: Cents, vat: Cents, total: Cents })),
	byGroup: Type.Array(Type.Object({ group: Type.String(), total: Cents })),
	byMethod: Type.Array(Type.Object({ method: Type.String(), amount: Cents })),
	byRegister: Type.Array(Type.Object({ register: Type.String(), total: Cents, sales: Count })),
	byHour: ByHour,
	byDay: Type.Array(Type.Object({ day: Day, total: Cents, sales: Count })),
	lastWeek: Type.Object(
		{ from: Day, to: Day, total: Cents, sales: Count, refunds: Count, byHour: ByHour },
		{ description: "The same weekdays, whole weeks before" },
	),
});

export function turnoverRoutes(app: App, { database, now }: Parts): void {
	app.get(
		"/turnover",
		{
			schema: {
				summary: "Turnover of a shop or of all, of a day (by default today) or from one to another",
				querystring: Type.Object({
					shop: Type.Optional(ClientName),
					day: Type.Optional(Day),
					from: Type.Optional(Day),
					to: Type.Optional(Day),
				}),
				response: { 200: OfficeTurnover },
			},
		},
		async ({ query: { shop, day, from, to } }) => {
			const scope = { tenant: TENANT, shop };
			const period = periodOf(day ?? from, day ?? to ?? from) ?? (await today(shop));
			const weeks = Math.ceil((daysBetween(period.from, period.to) + 1) / 7);
			const before = { from: moveDay(period.from, -7 * weeks), to: moveDay(period.to, -7 * weeks) };
			const { total, sales, refunds, byHour } = await readFigures(database, scope, before);
			return {
				shop: shop ?? null,
				...period,
				...(await readFigures(database, scope, period)),
				lastWeek: { ...before, total, sales, refunds, byHour },
			};
		},
	);

	async function today(shop: string | undefined): Promise<Period> {
		const days = await readToday(database, TENANT, now());
		const day = shop ? days.get(shop) : [...days.values()].sort().at(-1);
		return { from: day ?? dayHere(now()), to: day ?? dayHere(now()) };
	}
}

/** The period asked for, or undefined where none is. Throws a Problem for what is none. */
function periodOf(from: string | undefined, to: string | undefined): Period | undefined {
	if (!from || !to) {
		if (to) throw new Problem(400, "PARAMETER_INVALID", "to needs from");
		return undefined;
	}
	for (const day of [from, to]) {
		if (!isDay(day)) throw new Problem(400, "PARAMETER_INVALID", `${day} is not a date`);
	}
	const days = daysBetween(from, to);
	if (days < 0 || days > DAYS_MAX) {
		throw new Problem(400, "PARAMETER_INVALID", `from ${from} to ${to} is not a period of at most ${DAYS_MAX} days`);
	}
	return { from, to };
}
