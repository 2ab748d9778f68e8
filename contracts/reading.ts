import { type Static, Type } from "typebox";
import { ClientName, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

/** A weight is offered only while the scale itself says it is stable; every other state carries no grams. */
export const WeightReading = Type.Union([
	Type.Object({
		type: Type.Literal("weight"),
		device: ClientName,
		at: Timestamp,
		state: Type.Literal("stable"),
		grams: Type.Integer({ minimum: 0 }),
		net: Type.Boolean({ description: "true where tare has been taken off" }),
	}),
	Type.Object({
		type: Type.Literal("weight"),
		device: ClientName,
		at: Timestamp,
		state: Type.Enum(["moving", "under-zero", "over-capacity", "unknown"]),
	}),
]);

export const ShelfReading = Type.Object({
	type: Type.Literal("shelf"),
	device: ClientName,
	at: Timestamp,
	grams: Type.Integer(),
});

export const Reading = Type.Union([...WeightReading.anyOf, ShelfReading]);
export type Reading = Static<typeof Reading>;

export const reading = defineMessage({
	name: "reading",
	summary: "What a device measured or read; a newer sensor may add fields",
	topic: "kassahub/devices/{device}/readings",
	qos: 0,
	retain: false,
	from: ["bridge", "sensor"],
	to: ["hub", "register", "technician"],
	own: ["sensor"],
	schema: Reading,
	example: {
		type: "weight",
		device: "weegschaal",
		at: "2026-11-23T10:15:00.000+01:00",
		state: "stable",
		grams: 456,
		net: false,
	},
});
