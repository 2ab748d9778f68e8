import { type Static, Type } from "typebox";
import { Cents, VatRate } from "./fields.ts";
import { defineMessage } from "./message.ts";

/** A day's turnover. The day is the local date on which the register made the sale. Refunds count negative. */
export const Turnover = Type.Object({
	day: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }),
	sales: Type.Integer({ minimum: 0 }),
	refunds: Type.Integer({ minimum: 0 }),
	total: Cents,
	rounding: Cents,
	byVatRate: Type.Array(Type.Object({ vatRate: VatRate, net: Cents, vat: Cents, total: Cents })),
	byGroup: Type.Array(Type.Object({ group: Type.String(), total: Cents })),
	byMethod: Type.Array(Type.Object({ method: Type.String(), amount: Cents })),
});
export type Turnover = Static<typeof Turnover>;

export const turnover = defineMessage({
	name: "turnover",
	summary: "Turnover of the shop's current day, at most once a second",
	topic: "kassahub/turnover",
	qos: 0,
	retain: true,
	from: ["hub"],
	to: ["register", "technician", "relay"],
	own: [],
	schema: Turnover,
	example: {
		day: "2026-11-23",
		sales: 1,
		refunds: 0,
		total: 374,
		rounding: 1,
		byVatRate: [{ vatRate: 900, net: 343, vat: 31, total: 374 }],
		byGroup: [{ group: "groente-fruit", total: 374 }],
		byMethod: [{ method: "cash", amount: 375 }],
	},
});
