import { type Static, Type } from "typebox";
import { EventId, Hash, Timestamp } from "./fields.ts";
import { ClockQuality, EntryKind } from "./journal-entry.ts";
import { defineMessage } from "./message.ts";
import { PaymentOutcome } from "./payment-outcome.ts";

export const Booking = Type.Object({
	id: EventId,
	kind: EntryKind,
	number: Type.Integer({ minimum: 1, description: "Journal number: the order of the books" }),
	hash: Hash,
	at: Timestamp,
	clock: ClockQuality,
	duplicate: Type.Boolean({ description: "true where this id was booked before: nothing was booked again" }),
	flags: Type.Array(Type.String(), {
		description: "What was booked all the same but wants a look, e.g. UNKNOWN_PRODUCT:4711, PRICE_DIFFERS:4002",
	}),
	outcome: Type.Optional(PaymentOutcome),
});
export type Booking = Static<typeof Booking>;

export const booking = defineMessage({
	name: "booking",
	summary:
		"The hub's answer to a booked event, by its id: journal number and hash; for a payment a second one with its `outcome`",
	topic: "kassahub/registers/{register}/bookings",
	qos: 1,
	retain: false,
	from: ["hub"],
	to: ["register"],
	own: ["register"],
	schema: Booking,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10",
		kind: "sale",
		number: 4711,
		hash: "4fe5ae5b7cdb774e3fbf0291554aa4266e398b3854d9872474306ba441207c0f",
		at: "2026-11-23T10:15:00.120+01:00",
		clock: "synchronised",
		duplicate: false,
		flags: [],
	},
});
