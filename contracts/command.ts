import { type Static, Type } from "typebox";
import { EventId, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";
import { Receipt } from "./receipt.ts";

const base = {
	id: EventId,
	at: Timestamp,
	expiresAt: Type.Optional(Timestamp),
};

export const Command = Type.Union([
	Type.Object(
		{ ...base, action: Type.Literal("print"), receipt: Receipt, openDrawer: Type.Optional(Type.Boolean()) },
		{ additionalProperties: false },
	),
	Type.Object(
		{
			...base,
			action: Type.Literal("print-text"),
			lines: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200 }),
		},
		{ additionalProperties: false },
	),
	Type.Object({ ...base, action: Type.Literal("open-drawer") }, { additionalProperties: false }),
	Type.Object({ ...base, action: Type.Literal("zero") }, { additionalProperties: false }),
	Type.Object(
		{
			...base,
			action: Type.Literal("tare"),
			grams: Type.Optional(
				Type.Integer({ minimum: 1, maximum: 99_999, description: "Known tare; absent: tare what is on the plate" }),
			),
		},
		{ additionalProperties: false },
	),
	Type.Object({ ...base, action: Type.Literal("clear-tare") }, { additionalProperties: false }),
	Type.Object({ ...base, action: Type.Literal("self-test") }, { additionalProperties: false }),
]);
export type Command = Static<typeof Command>;
export type Action = Command["action"];

export const command = defineMessage({
	name: "command",
	summary: "What a device should do; answered on its results by the command's id. Past `expiresAt` it is not done",
	topic: "kassahub/devices/{device}/commands",
	qos: 1,
	retain: false,
	from: ["register", "technician", "hub"],
	to: ["bridge", "sensor"],
	own: ["sensor"],
	schema: Command,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a13",
		at: "2026-11-23T10:15:00.000+01:00",
		expiresAt: "2026-11-23T10:16:00.000+01:00",
		action: "open-drawer",
	},
});
