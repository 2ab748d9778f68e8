import { type Static, Type } from "typebox";
import { Proposal } from "./device-proposal.ts";
import { Fault } from "./device-state.ts";
import { ClientName, EventId, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";
import { TerminalAnswer, TerminalTotals } from "./terminal-answer.ts";

/** What a scale that computes prices weighed: its own price to pay, never computed anew. */
const Weighing = Type.Object({
	grams: Type.Integer({ minimum: 0 }),
	net: Type.Boolean(),
	unitPrice: Type.Integer({ minimum: 0, description: "Cents per kilogram" }),
	total: Type.Integer({ minimum: 0, description: "Cents to pay, as the scale says" }),
	tareGrams: Type.Optional(Type.Integer({ minimum: 0 })),
});

export const Result = Type.Object({
	id: EventId,
	device: ClientName,
	action: Type.String(),
	status: Type.Enum(["done", "failed", "unknown"], {
		description: "unknown: it may or may not have happened, e.g. a cable was pulled while printing",
	}),
	at: Timestamp,
	fault: Type.Optional(Fault),
	detail: Type.Optional(Type.String()),
	weight: Type.Optional(Weighing),
	payment: Type.Optional(TerminalAnswer),
	totals: Type.Optional(TerminalTotals),
	found: Type.Optional(Type.Array(Proposal)),
});
export type Result = Static<typeof Result>;

export const result = defineMessage({
	name: "result",
	summary: "What came of a command, by its id",
	topic: "kassahub/devices/{device}/results",
	qos: 1,
	retain: false,
	from: ["bridge", "sensor"],
	to: ["hub", "register", "technician"],
	own: ["sensor"],
	schema: Result,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a13",
		device: "bonprinter",
		action: "open-drawer",
		status: "done",
		at: "2026-11-23T10:15:00.300+01:00",
	},
});
