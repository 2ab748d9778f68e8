import { type Static, Type } from "typebox";
import { ClientName, ContractVersion, EventId, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

/**
 * A movement of a register's cash drawer.
 * float: the drawer is opened with `amount`. pay-in, pay-out: `amount` is put in or taken out. count: `amount` was counted.
 * day-close: the day ends and `amount` stays in the drawer.
 */
export const CashMovement = Type.Object(
	{
		v: ContractVersion,
		id: EventId,
		register: ClientName,
		at: Timestamp,
		type: Type.Enum(["float", "pay-in", "pay-out", "count", "day-close"]),
		amount: Type.Integer({
			minimum: 0,
			maximum: 1_000_000_000,
			description: "Cents, never negative: the type says which way",
		}),
		reason: Type.Optional(Type.String({ maxLength: 120 })),
		employee: Type.Optional(Type.String({ maxLength: 32, description: "Staff code, not a name" })),
	},
	{ additionalProperties: false },
);
export type CashMovement = Static<typeof CashMovement>;

export const cashMovement = defineMessage({
	name: "cash-movement",
	summary: "Float, pay-in, pay-out, count or day close of a register's drawer; journaled before its PUBACK",
	topic: "kassahub/registers/{register}/cash",
	qos: 1,
	retain: false,
	journaledAs: "cash",
	from: ["register"],
	to: ["hub"],
	own: ["register"],
	schema: CashMovement,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a11",
		register: "kassa-1",
		at: "2026-11-23T08:55:00.000+01:00",
		type: "float",
		amount: 15_000,
	},
});
