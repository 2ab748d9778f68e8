import { type Static, Type } from "typebox";

export const OpiSettings = Type.Object(
	{
		devicePort: Type.Integer({
			default: 4102,
			minimum: 1,
			maximum: 65_535,
			description: 'Port of the hub that the terminal connects to (its menu\'s "POS device port"); one a terminal',
		}),
		workstation: Type.String({
			default: "KASSA1",
			pattern: "^[A-Za-z0-9]{1,16}$",
			description: "WorkstationID, as the terminal's supplier set it",
		}),
		recovery: Type.Enum(["repeat-last-message", "ticket-reprint", "none"], {
			default: "repeat-last-message",
			description:
				"By what the terminal is asked for the outcome of a payment that was interrupted; none: a person says it",
		}),
		answerMs: Type.Integer({
			default: 30_000,
			minimum: 200,
			maximum: 120_000,
			description: "Time an answer may take that no customer is needed for",
		}),
		paymentMs: Type.Integer({
			default: 330_000,
			minimum: 500,
			maximum: 600_000,
			description: "Time a payment may take, the customer included",
		}),
		receiptMs: Type.Integer({
			default: 1500,
			minimum: 0,
			maximum: 10_000,
			description: "Time after an approval in which receipts may still come; 0 for a terminal that prints by itself",
		}),
		settleMs: Type.Integer({
			default: 45_000,
			minimum: 0,
			maximum: 330_000,
			description: "Time in which a terminal that was told to abort may still bring an interrupted payment to an end",
		}),
		pollMs: Type.Integer({
			default: 3000,
			minimum: 20,
			maximum: 30_000,
			description: "Time between two questions about an interrupted payment",
		}),
		heartbeatMs: Type.Integer({
			default: 60_000,
			minimum: 100,
			maximum: 3_600_000,
			description: "Time between two logins, by which the hub knows that the terminal is there",
		}),
	},
	{ additionalProperties: false },
);
export type OpiSettings = Static<typeof OpiSettings>;
