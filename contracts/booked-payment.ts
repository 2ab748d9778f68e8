import { type Static, Type } from "typebox";
import { JournalEntry } from "./journal-entry.ts";
import { PaymentOutcome } from "./payment-outcome.ts";
import { PaymentRequest, paymentRequest } from "./payment-request.ts";

/** A payment request as the books have it: its journal entry, with the request in place of the payload, and what came of it. */
export const BookedPayment = Type.Object({
	...Type.Omit(JournalEntry, ["payload"]).properties,
	request: PaymentRequest,
	state: Type.Enum(["open", "approved", "declined", "cancelled", "failed", "unknown", "noted"], {
		description: "open: no outcome yet. noted: a cancel or settle, which has no outcome of its own",
	}),
	outcome: Type.Optional(PaymentOutcome),
});
export type BookedPayment = Static<typeof BookedPayment>;

export const bookedPaymentExample: BookedPayment = {
	number: 4712,
	id: paymentRequest.example.id,
	kind: "payment",
	source: "register:kassa-1",
	at: "2026-11-23T10:14:30.120+01:00",
	clock: "synchronised",
	previousHash: "0c7b6c2b04a1c8f7a0d2f9d94d3f8b9b4a3f8f9e2f8d1b3c5e7a9b0c2d4e6f80",
	hash: "4fe5ae5b7cdb774e3fbf0291554aa4266e398b3854d9872474306ba441207c0f",
	request: paymentRequest.example,
	state: "approved",
	outcome: {
		id: "8c1f3a52-6b7d-8e90-a1b2-c3d4e5f60718",
		payment: paymentRequest.example.id,
		register: "kassa-1",
		terminal: "pin-1",
		at: "2026-11-23T10:14:52.480+01:00",
		type: "pay",
		status: "approved",
		amount: 1995,
		by: "terminal",
		card: { brand: "Maestro", pan: "************1234", entry: "contactless" },
		reference: { terminalId: "31000042", receiptNumber: "17", trace: "42", authorisation: "A1B2C3" },
	},
};
