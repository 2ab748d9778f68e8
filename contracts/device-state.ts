import { type Static, Type } from "typebox";
import { ClientName, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

export const DeviceClass = Type.Enum(["printer", "scale", "terminal", "nfc", "scanner", "display", "sensor", "bridge"]);
export type DeviceClass = Static<typeof DeviceClass>;

/** What is wrong with a device or command: a code of the error table and the technician's detail. */
export const Fault = Type.Object({
	code: Type.String({ description: "From the table of error codes" }),
	detail: Type.Optional(
		Type.String({ description: "What the technician may want to know; no secrets, no personal data" }),
	),
});
export type Fault = Static<typeof Fault>;

export const DeviceState = Type.Object({
	device: ClientName,
	class: DeviceClass,
	driver: Type.String(),
	link: Type.String({ description: "The link's URL" }),
	state: Type.Enum(["connecting", "online", "degraded", "offline"]),
	since: Timestamp,
	fault: Type.Optional(Fault),
	firmware: Type.Optional(Type.String()),
	serialNumber: Type.Optional(Type.String()),
	model: Type.Optional(Type.String()),
	paper: Type.Optional(Type.Enum(["ok", "near-end", "out"])),
	cover: Type.Optional(Type.Enum(["closed", "open"])),
	drawer: Type.Optional(
		Type.Enum(["low", "high"], { description: "Level of the drawer pin; what it means depends on wiring" }),
	),
	drawerIsOpen: Type.Optional(Type.Boolean({ description: "Where the printer's setting says which level means open" })),
	battery: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, description: "Percent" })),
	signal: Type.Optional(
		Type.Object({ value: Type.Number(), unit: Type.Enum(["dBm", "%"]) }, { description: "Radio reception" }),
	),
	devices: Type.Optional(Type.Integer({ minimum: 0, description: "The bridge: how many devices it is to drive" })),
	reconnects: Type.Optional(Type.Integer({ minimum: 0 })),
	nextAttemptAt: Type.Optional(Timestamp),
});
export type DeviceState = Static<typeof DeviceState>;

export const deviceState = defineMessage({
	name: "device-state",
	summary: "How a device is; offline also as the last will of the bridge, empty once it is taken out of devices.yaml",
	topic: "kassahub/devices/{device}/state",
	qos: 1,
	retain: true,
	from: ["bridge", "sensor"],
	to: ["hub", "register", "technician", "relay"],
	own: ["sensor"],
	schema: DeviceState,
	example: {
		device: "bonprinter",
		class: "printer",
		driver: "escpos",
		link: "tcp://192.168.1.50:9100",
		state: "degraded",
		since: "2026-11-23T10:15:00.000+01:00",
		fault: { code: "PRINTER_PAPER_OUT" },
		paper: "out",
	},
});
