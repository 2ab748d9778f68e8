import { type Static, Type } from "typebox";
import { ClientName, EventId, Sentence, Sku, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

const base = { device: ClientName, at: Timestamp };

/** A weight is offered only while the scale itself says it is stable; every other state carries no grams. */
export const WeightReading = Type.Union([
	Type.Object({
		type: Type.Literal("weight"),
		...base,
		state: Type.Literal("stable"),
		grams: Type.Integer({ minimum: 0 }),
		net: Type.Boolean({ description: "true where tare has been taken off" }),
	}),
	Type.Object({
		type: Type.Literal("weight"),
		...base,
		state: Type.Enum(["moving", "under-zero", "over-capacity", "unknown"]),
	}),
]);

/** A code that a scanner read, and what it says where its standard is known. */
export const ScanReading = Type.Object({
	type: Type.Literal("scan"),
	...base,
	text: Type.String({ maxLength: 4096, description: "As printed, without AIM identifier; FNC1 as U+001D" }),
	symbology: Type.Optional(Type.String({ maxLength: 24, description: "ean-13, gs1-128, qr, …" })),
	gtin: Type.Optional(Type.String({ pattern: "^[0-9]{14}$" })),
	item: Type.Optional(
		Type.String({ maxLength: 13, description: "Item of a label that the shop or its scale printed" }),
	),
	grams: Type.Optional(Type.Integer({ minimum: 0, description: "Of a weight label" })),
	price: Type.Optional(Type.Integer({ minimum: 0, description: "Cents to pay, of a price label" })),
	batch: Type.Optional(Type.String({ maxLength: 20 })),
	serial: Type.Optional(Type.String({ maxLength: 20 })),
	bestBefore: Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })),
	expiry: Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })),
	fault: Type.Optional(Type.String({ description: "Code of the error table: the code was read but is not right" })),
});

/** A card, phone or tag held to an NFC reader. A UID names, it does not prove: it can be copied. */
export const TagReading = Type.Object({
	type: Type.Literal("tag"),
	...base,
	isPresent: Type.Boolean({ description: "false: it was taken away" }),
	uid: Type.String({ pattern: "^([0-9a-f]{2}){1,10}$" }),
	isRandomUid: Type.Boolean({ description: "A phone's: another one each time" }),
	text: Type.Optional(Type.String({ maxLength: 1024 })),
	uri: Type.Optional(Type.String({ maxLength: 1024 })),
});

/** What lies on a shelf: a hint for whoever fills it, never a booking. Grams only where the quality is good. */
export const ShelfReading = Type.Object({
	type: Type.Literal("shelf"),
	...base,
	shelf: Type.Optional(Type.String({ maxLength: 48 })),
	sku: Type.Optional(Sku),
	grams: Type.Optional(Type.Integer()),
	pieces: Type.Optional(Type.Integer({ minimum: 0, description: "About so many are left" })),
	isLow: Type.Optional(Type.Boolean()),
	quality: Type.Optional(Type.Enum(["good", "stale", "offline", "error"], { description: "good where absent" })),
});

/** Anything else that a sensor measures. */
export const MeasureReading = Type.Object({
	type: Type.Literal("measure"),
	...base,
	name: Type.String({ maxLength: 48 }),
	kind: Type.Enum(["temperature", "humidity", "battery", "signal", "door", "presence", "other"]),
	value: Type.Union([Type.Number(), Type.Boolean()]),
	unit: Type.Optional(Type.String({ maxLength: 12 })),
});

/** How far a payment is, in words for the cashier. */
export const PaymentReading = Type.Object({
	type: Type.Literal("payment"),
	...base,
	payment: EventId,
	message: Sentence,
	mayCancel: Type.Boolean(),
});

export const Reading = Type.Union([
	...WeightReading.anyOf,
	ScanReading,
	TagReading,
	ShelfReading,
	MeasureReading,
	PaymentReading,
]);
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
