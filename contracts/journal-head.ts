import { type Static, Type } from "typebox";
import { Hash } from "./fields.ts";
import { defineMessage } from "./message.ts";

export const JournalHead = Type.Object({
	number: Type.Integer({ minimum: 0 }),
	hash: Hash,
	epochs: Type.Optional(
		Type.Array(Type.Object({ after: Type.Integer({ minimum: 0 }), first: Type.Integer({ minimum: 1 }) }), {
			description: "Of a restored journal: where numbers are skipped, from the last one before to the first one after",
		}),
	),
});
export type JournalHead = Static<typeof JournalHead>;
export type Epoch = NonNullable<JournalHead["epochs"]>[number];

export const journalHead = defineMessage({
	name: "journal-head",
	summary: "The journal's last number, at most ten times a second; wakes the relay",
	topic: "kassahub/journal/head",
	qos: 0,
	retain: true,
	from: ["hub"],
	to: ["relay", "technician"],
	own: [],
	schema: JournalHead,
	example: { number: 4711, hash: "4fe5ae5b7cdb774e3fbf0291554aa4266e398b3854d9872474306ba441207c0f" },
});
