import { type Static, Type } from "typebox";
import { ClientName, Timestamp } from "./fields.ts";
import { MeasureReading, ShelfReading, WeightReading } from "./reading.ts";

const Count = Type.Integer({ minimum: 0 });

/** Five minutes of a device. A bucket in which the hub knew nothing of it has no share. */
const Bucket = Type.Object({
	at: { ...Timestamp, description: "When the bucket began, by the clock of now" },
	up: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "Share of the time that it was online" })),
	reconnects: Count,
	errors: { ...Count, description: "Faults that came up, and commands that failed" },
	commands: { ...Count, description: "Of the hub itself, the console and REST, with their result" },
	latencyMs: Type.Optional(Type.Object({ mean: Type.Number({ minimum: 0 }), max: Count })),
});

/** A device in the last day, as far back as the hub has run. */
export const DeviceHistory = Type.Object({
	device: ClientName,
	bucketSeconds: Type.Integer(),
	up: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "Of the whole time that is known" })),
	reconnects: Count,
	errors: Count,
	commands: Count,
	buckets: Type.Array(Bucket, { description: "The oldest first" }),
});
export type DeviceHistory = Static<typeof DeviceHistory>;

/** Of scans, tags and payments only that there was one: what stood in it is somebody's own. */
export const LastReading = Type.Union([
	...WeightReading.anyOf,
	ShelfReading,
	MeasureReading,
	Type.Object({ type: Type.Enum(["scan", "tag", "payment"]), device: ClientName, at: Timestamp }),
]);
export type LastReading = Static<typeof LastReading>;

export const deviceHistoryExample: DeviceHistory = {
	device: "bonprinter",
	bucketSeconds: 300,
	up: 0.98,
	reconnects: 1,
	errors: 1,
	commands: 12,
	buckets: [
		{
			at: "2026-11-23T10:15:00.000+01:00",
			up: 0.96,
			reconnects: 1,
			errors: 1,
			commands: 3,
			latencyMs: { mean: 210.5, max: 430 },
		},
	],
};
