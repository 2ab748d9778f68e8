import { type Static, Type } from "typebox";
import { Cents } from "./fields.ts";

const word = Type.Optional(Type.String({ maxLength: 64 }));

/** The terminal's own names for a transaction: what a reversal, a reprint or a call to the acquirer needs. */
export const TerminalReference = Type.Object(
	{
		terminalId: word,
		receiptNumber: word,
		trace: word,
		authorisation: word,
		transactionId: word,
		at: Type.Optional(Type.String({ maxLength: 40, description: "The terminal's own time, as it writes it" })),
	},
	{ additionalProperties: false },
);
export type TerminalReference = Static<typeof TerminalReference>;

/** What may be kept of a card: never its number. */
export const PaymentCard = Type.Object(
	{
		brand: word,
		pan: Type.Optional(
			Type.String({ pattern: "^[*xX]{2,15}[0-9]{0,4}$", description: "Masked, the last four digits at most" }),
		),
		entry: Type.Optional(Type.Enum(["chip", "contactless", "stripe", "manual"])),
	},
	{ additionalProperties: false },
);
export type PaymentCard = Static<typeof PaymentCard>;

export const TerminalReceipt = Type.Object(
	{
		for: Type.Enum(["customer", "merchant", "administration"]),
		lines: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 120 }),
	},
	{ additionalProperties: false },
);
export type TerminalReceipt = Static<typeof TerminalReceipt>;

/** Payments less refunds and reversals, of one terminal between two ends of day. */
export const TerminalTotals = Type.Object(
	{
		count: Type.Integer({ minimum: 0, description: "Transactions, as the terminal counts them" }),
		amount: Cents,
	},
	{ additionalProperties: false },
);
export type TerminalTotals = Static<typeof TerminalTotals>;

/** What a terminal answers to a payment. `amount`: cents that really moved, 0 unless approved. */
export const TerminalAnswer = Type.Object({
	status: Type.Enum(["approved", "declined", "cancelled", "failed"]),
	amount: Type.Integer({ ...Cents, minimum: 0 }),
	card: Type.Optional(PaymentCard),
	reference: Type.Optional(TerminalReference),
	receipts: Type.Optional(Type.Array(TerminalReceipt, { maxItems: 4 })),
	reason: Type.Optional(Type.String({ maxLength: 120, description: "The terminal's own code or words" })),
});
export type TerminalAnswer = Static<typeof TerminalAnswer>;
