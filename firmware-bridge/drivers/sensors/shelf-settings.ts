import { Sku } from "@kassahub/contracts/fields.ts";
import { type Static, Type } from "typebox";

/** One shelf: which of a sensor's values weighs it, and what lies on it. */
export const Shelf = Type.Object(
	{
		name: Type.String({ minLength: 1, maxLength: 48, description: "As people call it" }),
		source: Type.Optional(
			Type.Union([Type.String({ minLength: 1, maxLength: 120 }), Type.Integer({ minimum: 0, maximum: 127 })], {
				description: "What weighs it, as the sensor names it; absent: the sensor's one weight",
			}),
		),
		unit: Type.Optional(
			Type.Enum(["g", "kg", "oz", "lb"], { description: "Of its weight; absent: as the sensor says" }),
		),
		sku: Type.Optional(Sku),
		unitGrams: Type.Optional(
			Type.Number({
				minimum: 0.1,
				maximum: 1_000_000,
				description: "What one piece weighs; absent: it is not counted",
			}),
		),
		lowPieces: Type.Optional(
			Type.Integer({ minimum: 0, maximum: 100_000, description: "At or below so many it wants filling" }),
		),
		isWholeStock: Type.Optional(
			Type.Boolean({
				description: "All that the shop has of it lies here, so that too little is a difference as well",
			}),
		),
	},
	{ additionalProperties: false },
);
export type Shelf = Static<typeof Shelf>;

/** What every sensor driver can be told. */
export const sensorSettings = {
	shelves: Type.Array(Shelf, { default: [], maxItems: 127, description: "See docs/devices/sensors.md" }),
	deadBandGrams: Type.Integer({
		default: 5,
		minimum: 1,
		maximum: 10_000,
		description: "A shelf's weight is told again when it changed by this much",
	}),
	staleSeconds: Type.Optional(
		Type.Integer({
			minimum: 10,
			maximum: 604_800,
			description:
				"Silent for longer a value is stale; absent: as the sensor says, or three times as long as it usually is",
		}),
	),
};

/** What the drivers that talk over another broker than the hub's can be told besides. */
export const brokerSettings = {
	username: Type.Optional(Type.String({ maxLength: 64, description: "At another broker than the hub's" })),
	passwordFile: Type.Optional(Type.String({ maxLength: 200, description: "A file with the password alone in it" })),
	caFile: Type.Optional(Type.String({ maxLength: 200, description: "Of the broker's certificate, with mqtts://" })),
};

export type SensorSettings = { shelves: Shelf[]; deadBandGrams: number; staleSeconds?: number };
