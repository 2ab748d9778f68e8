import { type Static, Type } from "typebox";
import { Alert } from "./alert.ts";
import { EventId, Timestamp } from "./fields.ts";
import { JournalHead } from "./journal-head.ts";

/** How the hub is: what it is called, how long its journal is, and what wants attention. */
export const Health = Type.Object({
	status: Type.Enum(["ok", "attention"], { description: "attention: an alert is raised" }),
	box: EventId,
	version: Type.String(),
	node: Type.String({ description: "Version of Node" }),
	startedAt: Timestamp,
	journal: JournalHead,
	quarantine: Type.Integer({ minimum: 0, description: "Messages that wait to be repaired" }),
	alerts: Type.Array(Alert),
});
export type Health = Static<typeof Health>;

export const healthExample: Health = {
	status: "ok",
	box: "5b2f6f0e-0c1b-4a55-9a35-6a2f4ab8f0c1",
	version: "0.1.0",
	node: "24.0.0",
	startedAt: "2026-11-23T08:50:00.000+01:00",
	journal: { number: 4711, hash: "4fe5ae5b7cdb774e3fbf0291554aa4266e398b3854d9872474306ba441207c0f" },
	quarantine: 0,
	alerts: [],
};
