import { type Static, Type } from "typebox";
import { Timestamp } from "./fields.ts";

const Bytes = Type.Integer({ minimum: 0 });

/** What a Pi says of its power and heat; absent on other machines. */
const Power = Type.Object({
	undervoltage: Type.Boolean({ description: "Now" }),
	throttled: Type.Boolean({ description: "Now: held back for heat or for want of power" }),
	undervoltageSeen: Type.Boolean({ description: "Since the machine started" }),
	throttledSeen: Type.Boolean(),
});

const Part = Type.Object({
	name: Type.String({ description: "hub, firmware-bridge, cloud-relay, cloud" }),
	pid: Type.Optional(Type.Integer()),
	memoryBytes: Type.Optional(Bytes),
	restarts: Type.Integer({ minimum: 0, description: "Since the hub started" }),
	lastStop: Type.Optional(Type.Object({ at: Timestamp, reason: Type.String({ maxLength: 200 }) })),
});

/** The machine itself and the programs of the hub on it, as last looked at; what it does not tell is absent. */
export const Box = Type.Object({
	at: Timestamp,
	model: Type.Optional(Type.String()),
	uptimeSeconds: Type.Integer({ minimum: 0, description: "Of the machine" }),
	hubStartedAt: Timestamp,
	cpu: Type.Object({
		cores: Type.Integer({ minimum: 1 }),
		busy: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "Share of all cores since the last look" })),
		load: Type.Optional(Type.Number({ minimum: 0, description: "Average of the last minute" })),
		celsius: Type.Optional(Type.Number()),
	}),
	power: Type.Optional(Power),
	memory: Type.Optional(Type.Object({ totalBytes: Bytes, availableBytes: Bytes })),
	disk: Type.Object({
		freeBytes: Bytes,
		totalBytes: Bytes,
		writtenBytes: Type.Optional({ ...Bytes, description: "By the hub and its parts since the hub started" }),
		writtenBytesPerHour: Type.Optional({ ...Bytes, description: "Over the last hour, or since the start" }),
		lifeUsed: Type.Optional(Type.Number({ minimum: 0, description: "Share of the memory card's life, in tenths" })),
	}),
	clock: Type.Object({
		quality: Type.Enum(["synchronised", "unsynchronised"]),
		jumps: Type.Integer({ minimum: 0, description: "Since the hub started" }),
		lastJump: Type.Optional(
			Type.Object({ at: Timestamp, seconds: Type.Number({ description: "Positive where it was put forward" }) }),
		),
	}),
	parts: Type.Array(Part),
});
export type Box = Static<typeof Box>;

export const boxExample: Box = {
	at: "2026-11-23T10:15:00.000+01:00",
	model: "Raspberry Pi 5 Model B Rev 1.0",
	uptimeSeconds: 864_000,
	hubStartedAt: "2026-11-23T08:50:00.000+01:00",
	cpu: { cores: 4, busy: 0.07, load: 0.31, celsius: 52.3 },
	power: { undervoltage: false, throttled: false, undervoltageSeen: true, throttledSeen: false },
	memory: { totalBytes: 4_144_873_472, availableBytes: 2_911_248_384 },
	disk: {
		freeBytes: 24_696_061_952,
		totalBytes: 31_268_536_320,
		writtenBytes: 41_943_040,
		writtenBytesPerHour: 5_242_880,
		lifeUsed: 0.1,
	},
	clock: { quality: "synchronised", jumps: 1, lastJump: { at: "2026-11-23T08:51:10.000+01:00", seconds: 7260 } },
	parts: [
		{ name: "hub", pid: 812, memoryBytes: 121_634_816, restarts: 0 },
		{
			name: "firmware-bridge",
			pid: 840,
			memoryBytes: 96_468_992,
			restarts: 1,
			lastStop: { at: "2026-11-23T09:02:11.000+01:00", reason: "ended by SIGKILL" },
		},
	],
};
