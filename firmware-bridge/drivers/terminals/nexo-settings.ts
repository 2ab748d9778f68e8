import { type Static, Type } from "typebox";

export const NexoSettings = Type.Object(
	{
		poiId: Type.String({
			pattern: "^[A-Za-z0-9]{1,16}-[A-Za-z0-9]{1,32}$",
			description: "The terminal's model and serial number, such as V400m-123456789",
		}),
		saleId: Type.String({
			default: "KASSA1",
			pattern: "^[A-Za-z0-9-]{1,32}$",
			description: "What the hub calls itself to the terminal",
		}),
		caFile: Type.Optional(
			Type.String({
				minLength: 1,
				description: "File (PEM) of Adyen's root certificate for terminals, TEST or LIVE; needed for https",
			}),
		),
		passphraseFile: Type.Optional(
			Type.String({
				minLength: 1,
				description:
					"File that holds the passphrase of the shared key; without it messages are not encrypted, and only http is used",
			}),
		),
		keyIdentifier: Type.String({
			default: "kassahub",
			minLength: 1,
			maxLength: 64,
			description: "The shared key's identifier, as set at Adyen",
		}),
		keyVersion: Type.Integer({
			default: 1,
			minimum: 0,
			maximum: 1_000_000,
			description: "The shared key's version, as set at Adyen",
		}),
		answerMs: Type.Integer({
			default: 30_000,
			minimum: 200,
			maximum: 120_000,
			description: "Time an answer may take that no customer is needed for",
		}),
		paymentMs: Type.Integer({
			default: 150_000,
			minimum: 500,
			maximum: 180_000,
			description: "Time a payment may take, the customer included; longer than the terminal's own 120 s",
		}),
		pollMs: Type.Integer({
			default: 5000,
			minimum: 20,
			maximum: 30_000,
			description: "Time between two questions about a payment that is still under way",
		}),
		heartbeatMs: Type.Integer({
			default: 60_000,
			minimum: 100,
			maximum: 3_600_000,
			description: "Time between two diagnoses, by which the hub knows that the terminal is there",
		}),
	},
	{ additionalProperties: false },
);
export type NexoSettings = Static<typeof NexoSettings>;
