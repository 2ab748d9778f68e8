import { type Static, Type } from "typebox";
import { Fault } from "./device-state.ts";
import { Cents, ClientName, ContractVersion, EventId, Timestamp } from "./fields.ts";
import { PaymentCard, TerminalReceipt, TerminalReference, TerminalTotals } from "./terminal-answer.ts";

/**
 * What came of a payment request, as the hub journals it. One that is `unknown` may be followed by another for the same
 * `payment`: the later number counts.
 */
export const PaymentOutcome = Type.Object(
	{
		v: ContractVersion,
		id: EventId,
		payment: EventId,
		register: ClientName,
		terminal: ClientName,
		at: Timestamp,
		type: Type.Enum(["pay", "refund", "reverse", "end-of-day"]),
		status: Type.Enum(["approved", "declined", "cancelled", "failed", "unknown"], {
			description:
				"declined, cancelled and failed: certainly no money moved. unknown: it can't be found out; the terminal is blocked until a person settles it",
		}),
		amount: Type.Integer({
			...Cents,
			minimum: 0,
			description: "Euro cents that really moved; less than asked: partial",
		}),
		by: Type.Enum(["terminal", "person", "hub"], {
			description: "Who says so; the hub where it did not ask the terminal, or heard nothing of it any more",
		}),
		fault: Type.Optional(Fault),
		card: Type.Optional(PaymentCard),
		reference: Type.Optional(TerminalReference),
		receipts: Type.Optional(Type.Array(TerminalReceipt, { maxItems: 4 })),
		totals: Type.Optional(
			Type.Object(
				{ terminal: TerminalTotals, journal: TerminalTotals },
				{ additionalProperties: false, description: "End of day: both sides; they should be the same" },
			),
		),
	},
	{ additionalProperties: false },
);
export type PaymentOutcome = Static<typeof PaymentOutcome>;
