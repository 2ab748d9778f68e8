import { type Static, Type } from "typebox";
import { Timestamp } from "./fields.ts";
import { EntryKind } from "./journal-entry.ts";
import { Reason } from "./reason.ts";

/** A message that could not be booked, kept with its reasons until a technician repairs and replays it. */
export const QuarantineItem = Type.Object({
	number: Type.Integer({ minimum: 1 }),
	id: Type.Union([Type.String(), Type.Null()], { description: "The event's id, where one could be read" }),
	kind: EntryKind,
	source: Type.String({ description: "Who sent it: register:kassa-1" }),
	register: Type.Union([Type.String(), Type.Null()]),
	topic: Type.String(),
	at: Timestamp,
	payload: Type.String({
		description: "The message as it came, card numbers masked; bytes that are no UTF-8 as U+FFFD",
	}),
	reasons: Type.Array(Reason, { minItems: 1 }),
	resolvedAt: Type.Union([Timestamp, Type.Null()]),
	resolvedBy: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
		description: "The journal entry that booked it after all",
	}),
});
export type QuarantineItem = Static<typeof QuarantineItem>;
