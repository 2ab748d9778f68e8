import { type Static, Type } from "typebox";
import { EventId, Sentence, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

export const Alert = Type.Object({
	id: Type.Optional({ ...EventId, description: "Of this one raising; by it the alert is acknowledged" }),
	code: Type.String({ description: "From the table of error codes" }),
	subject: Type.String({ description: "What it is about: device:bonprinter, journal, relay" }),
	state: Type.Enum(["raised", "cleared"]),
	severity: Type.Enum(["info", "warning", "critical"]),
	since: { ...Timestamp, description: "When it was raised" },
	clearedAt: Type.Optional(Timestamp),
	acknowledgedBy: Type.Optional(
		Type.String({ maxLength: 64, description: "Who said to see to it: person:anja, technician:console" }),
	),
	acknowledgedAt: Type.Optional(Timestamp),
	message: Sentence,
	remedy: Sentence,
	detail: Type.Optional(
		Type.String({ maxLength: 200, description: "Which one, how much: what the sentences leave open" }),
	),
});
export type Alert = Static<typeof Alert>;

export const alert = defineMessage({
	name: "alert",
	summary: "Something wants attention, or no longer does",
	topic: "kassahub/alerts",
	qos: 1,
	retain: false,
	from: ["hub"],
	to: ["register", "technician", "relay"],
	own: [],
	schema: Alert,
	example: {
		code: "JOURNAL_DISK_FULL",
		subject: "journal",
		state: "raised",
		severity: "critical",
		since: "2026-11-23T10:15:00.000+01:00",
		message: {
			nl: "De schijf is vol: verkopen worden niet meer vastgelegd.",
			en: "The disk is full: sales are no longer recorded.",
		},
		remedy: { nl: "Maak ruimte vrij op de schijf van de hub.", en: "Free space on the hub's disk." },
	},
});
