import { type Static, type TObject, Type } from "typebox";
import { EventId, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";
import { Receipt } from "./receipt.ts";
import { TerminalReference } from "./terminal-answer.ts";

const base = {
	id: EventId,
	at: Timestamp,
	expiresAt: Type.Optional(Timestamp),
};

const action = <A extends string, P extends TObject["properties"]>(name: A, properties: P) =>
	Type.Object({ ...base, action: Type.Literal(name), ...properties }, { additionalProperties: false });

const cents = Type.Integer({ minimum: 1, maximum: 100_000_000, description: "Euro cents" });
const tareGrams = Type.Integer({ minimum: 1, maximum: 99_999, description: "Known tare" });
const resumes = Type.Optional(
	Type.Literal(true, {
		description: "Asked again after a restart: answered from what is known or found out at the terminal, never started",
	}),
);

/** What anyone in the shop may ask of a device. */
const openCommands = [
	action("print", { receipt: Receipt, openDrawer: Type.Optional(Type.Boolean()) }),
	action("print-text", { lines: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200 }) }),
	action("open-drawer", {}),
	action("zero", {}),
	action("tare", {
		grams: Type.Optional(
			Type.Integer({ minimum: 1, maximum: 99_999, description: "Known tare; absent: tare what is on the plate" }),
		),
	}),
	action("clear-tare", {}),
	action("weigh", {
		unitPrice: Type.Integer({ minimum: 1, maximum: 999_999, description: "Cents per kilogram" }),
		tareGrams: Type.Optional(tareGrams),
		text: Type.Optional(Type.String({ maxLength: 13, description: "On the scale's own display" })),
	}),
	action("show", { lines: Type.Array(Type.String({ maxLength: 80 }), { minItems: 1, maxItems: 2 }) }),
	action("self-test", {}),
	action("trace", {
		seconds: Type.Integer({ minimum: 1, maximum: 600, description: "How long its frames are told on its trace topic" }),
	}),
	action("scan", {}),
] as const;

/** What moves money: only the hub asks it, after it journaled why (invariant 6). */
const paymentCommands = [
	action("pay", { amount: cents, resumes }),
	action("refund", { amount: cents, resumes }),
	action("reverse", {
		original: Type.Object({ amount: cents, reference: TerminalReference }, { additionalProperties: false }),
		resumes,
	}),
	action("cancel", { payment: EventId }),
	action("end-of-day", { resumes }),
] as const;

export const OpenCommand = Type.Union([...openCommands]);
export const Command = Type.Union([...openCommands, ...paymentCommands]);
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
	reserved: { field: "action", values: paymentCommands.map(({ properties }) => properties.action.const) },
	schema: Command,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a13",
		at: "2026-11-23T10:15:00.000+01:00",
		expiresAt: "2026-11-23T10:16:00.000+01:00",
		action: "open-drawer",
	},
});
