import { type Static, Type } from "typebox";
import { ClientName, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

/** One frame between the bridge and a device. Cardholder data and secrets are masked before a frame is kept. */
export const Trace = Type.Object({
	device: ClientName,
	at: Timestamp,
	direction: Type.Enum(["in", "out"], { description: "in: from the device" }),
	hex: Type.String({ description: "The frame's bytes as kept: masked, and cut where it is very long" }),
	bytes: Type.Integer({ minimum: 0, description: "How long the frame was" }),
	explained: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "What it says, for people" })),
	unreadable: Type.Optional(Type.String({ description: "Why its protocol can't read it" })),
	times: Type.Optional(Type.Integer({ minimum: 2, description: "Seen so often in a row without a change" })),
});
export type Trace = Static<typeof Trace>;

export const trace = defineMessage({
	name: "trace",
	summary: "A device's frames, told while somebody asks for them by the command `trace`",
	topic: "kassahub/devices/{device}/trace",
	qos: 0,
	retain: false,
	from: ["bridge"],
	to: ["hub", "technician"],
	own: [],
	schema: Trace,
	example: {
		device: "weegschaal",
		at: "2026-11-23T10:15:00.000+01:00",
		direction: "in",
		hex: "0230302e3435360d",
		bytes: 8,
		explained: { weight: "00.456", grams: 456 },
	},
});
