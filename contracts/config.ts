import { type Static, Type } from "typebox";
import { ClientName } from "./fields.ts";

export const DeviceConfig = Type.Object(
	{
		driver: Type.String({ description: "One of docs/devices.md: escpos, toledo8217, zvt, …" }),
		link: Type.String({
			pattern: "^(tcp|serial|usb|evdev|pcsc|mqtts?|https?)://",
			description:
				"Where it is: tcp://192.168.1.50:9100, serial:///dev/serial/by-id/…?baud=9600, usb://04b8:0202, evdev:///dev/input/by-id/…, pcsc://ACR122U, mqtt://hub/…, https://192.168.1.61:8443/nexo",
		}),
		registers: Type.Optional(Type.Array(ClientName, { description: "The registers it serves; absent: all" })),
		receipts: Type.Optional(
			Type.Enum(["always", "on-request"], {
				description: "Printers: print every sale, or only when a register asks. Default always",
			}),
		),
		settings: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The driver's own" })),
	},
	{ additionalProperties: false },
);
export type DeviceConfig = Static<typeof DeviceConfig>;

/** devices.yaml: the shop, how it is connected, and one entry a device. */
export const Config = Type.Object(
	{
		shop: Type.Object(
			{
				id: ClientName,
				name: Type.String({ minLength: 1, maxLength: 48 }),
				address: Type.Optional(Type.Array(Type.String({ maxLength: 48 }), { maxItems: 6 })),
				vatNumber: Type.Optional(Type.String({ maxLength: 20 })),
				language: Type.Optional(Type.Enum(["nl", "en"])),
				footer: Type.Optional(Type.Array(Type.String({ maxLength: 48 }), { maxItems: 6 })),
			},
			{ additionalProperties: false },
		),
		mqtt: Type.Optional(
			Type.Object(
				{ lan: Type.Optional(Type.Enum(["off", "plain"], { description: "plain: MQTT without TLS on the LAN too" })) },
				{ additionalProperties: false },
			),
		),
		cloud: Type.Optional(
			Type.Object(
				{
					url: Type.String({
						pattern: "^mqtts?://",
						description: "The back office's broker; absent: a back office in this box",
					}),
					username: Type.Optional(Type.String()),
					passwordFile: Type.Optional(
						Type.String({ description: "A file with the password: it does not belong in this one" }),
					),
				},
				{ additionalProperties: false },
			),
		),
		journal: Type.Optional(
			Type.Object(
				{
					keepDays: Type.Integer({
						minimum: 31,
						maximum: 36_500,
						description:
							"Older rows that the back office has go to a file a year beside the journal. Absent: all are kept",
					}),
				},
				{ additionalProperties: false },
			),
		),
		backup: Type.Optional(
			Type.Object(
				{
					folder: Type.String({
						minLength: 1,
						description:
							"Where a backup is put every day: a folder on a USB stick, /media/stick/kassahub. It must exist",
					}),
					keep: Type.Optional(
						Type.Integer({ minimum: 1, maximum: 1000, description: "How many are kept there. Default 14" }),
					),
					recipient: Type.Optional(
						Type.String({ pattern: "^age1[a-z0-9]+$", description: "Encrypted for the holder of this age key" }),
					),
					passphraseFile: Type.Optional(
						Type.String({
							description: "Instead of a recipient: a file with the passphrase, of 12 characters or more",
						}),
					),
				},
				{ additionalProperties: false, description: "A backup a day of all that makes this box, encrypted" },
			),
		),
		devices: Type.Optional(Type.Record(ClientName, DeviceConfig)),
	},
	{ additionalProperties: false },
);
export type Config = Static<typeof Config>;
