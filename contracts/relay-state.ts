import { type Static, Type } from "typebox";
import { Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

export const RelayState = Type.Object({
	state: Type.Enum(["live", "catching-up", "waiting", "stopped"], {
		description: "waiting: no cloud for now, tries again; stopped: needs a person, see fault",
	}),
	since: Timestamp,
	head: Type.Integer({ minimum: 0, description: "The journal's last number as the relay knows it" }),
	acknowledged: Type.Integer({ minimum: 0, description: "Highest number the cloud has, without a gap" }),
	backlog: Type.Integer({ minimum: 0, description: "Rows still to go: head − acknowledged" }),
	sentBytes: Type.Integer({ minimum: 0, description: "Compressed bytes sent since the relay started" }),
	lastAcknowledgedAt: Type.Optional(Timestamp),
	lost: Type.Optional(
		Type.Object(
			{ first: Type.Integer({ minimum: 1 }), last: Type.Integer({ minimum: 1 }) },
			{ description: "Rows that the cloud has and that the backup lacked from which this box was restored" },
		),
	),
	fault: Type.Optional(Type.Object({ code: Type.String(), detail: Type.Optional(Type.String()) })),
});
export type RelayState = Static<typeof RelayState>;

export const relayState = defineMessage({
	name: "relay-state",
	summary: "How far the journal has come on its way to the cloud",
	topic: "kassahub/relay/state",
	qos: 1,
	retain: true,
	from: ["relay"],
	to: ["hub", "register", "technician"],
	own: [],
	schema: RelayState,
	example: {
		state: "live",
		since: "2026-11-23T10:15:00.000+01:00",
		head: 4711,
		acknowledged: 4711,
		backlog: 0,
		sentBytes: 512_000,
		lastAcknowledgedAt: "2026-11-23T10:15:00.900+01:00",
	},
});
