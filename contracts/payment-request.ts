import { type Static, type TObject, Type } from "typebox";
import { ClientName, ContractVersion, EventId, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

const base = {
	v: ContractVersion,
	id: EventId,
	register: ClientName,
	at: Timestamp,
	terminal: ClientName,
	employee: Type.Optional(Type.String({ maxLength: 32, description: "Staff code, not a name" })),
};

const request = <T extends string, P extends TObject["properties"]>(type: T, properties: P) =>
	Type.Object({ ...base, type: Type.Literal(type), ...properties }, { additionalProperties: false });

const amount = Type.Integer({ minimum: 1, maximum: 100_000_000, description: "Euro cents" });
const earlier = Type.Object({ payment: EventId }).properties.payment;

/**
 * What a register asks of a pin terminal.
 * pay, refund: move `amount`. reverse: undo the terminal's last payment, whose request was `payment`. cancel: stop the
 * `payment` that is under way; its own outcome still says what came of it. end-of-day: the terminal's day totals against
 * the journal's. settle: a person says what came of a `payment` that could not be found out.
 */
export const PaymentRequest = Type.Union([
	request("pay", { amount }),
	request("refund", { amount }),
	request("reverse", { payment: earlier }),
	request("cancel", { payment: earlier }),
	request("end-of-day", {}),
	request("settle", {
		payment: earlier,
		outcome: Type.Enum(["approved", "declined"]),
		reason: Type.String({ minLength: 1, maxLength: 120, description: "How the person knows" }),
	}),
]);
export type PaymentRequest = Static<typeof PaymentRequest>;

export const paymentRequest = defineMessage({
	name: "payment",
	summary: "What a register asks of a pin terminal; journaled before its PUBACK, and before the terminal is asked",
	topic: "kassahub/registers/{register}/payments",
	qos: 1,
	retain: false,
	journaledAs: "payment",
	from: ["register"],
	to: ["hub"],
	own: ["register"],
	schema: PaymentRequest,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a15",
		register: "kassa-1",
		at: "2026-11-23T10:14:30.000+01:00",
		terminal: "pin-1",
		type: "pay",
		amount: 1995,
	},
});
