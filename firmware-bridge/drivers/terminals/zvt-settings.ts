import { type Static, Type } from "typebox";

/** Defaults are those of the protocol sheet. */
export const ZvtSettings = Type.Object(
	{
		password: Type.String({
			default: "000000",
			pattern: "^[0-9]{6}$",
			description: "The terminal's ZVT password, six digits",
		}),
		config: Type.String({
			default: "9E",
			pattern: "^[0-9A-Fa-f]{2}$",
			description: "Config byte of the registration: who prints, what is blocked on the terminal itself",
		}),
		columns: Type.Integer({ default: 42, minimum: 20, maximum: 64, description: "Characters on a receipt's line" }),
		framing: Type.Enum(["by-link", "blocks"], {
			default: "by-link",
			description: "blocks: serial blocks over TCP too, for a terminal behind a TCP serial server",
		}),
		offersTransactionIds: Type.Boolean({
			default: false,
			description:
				"Ask for transaction ids (1F1F) in the first payment; one that the terminal sends is always mirrored",
		}),
		clockToleranceMinutes: Type.Integer({
			default: 15,
			minimum: 0,
			maximum: 1440,
			description: "How far the terminal's clock may be behind the hub's when a lost payment is looked for",
		}),
		answerMs: Type.Integer({ default: 5000, minimum: 50, maximum: 60_000, description: "T3: time an answer may take" }),
		completionMs: Type.Integer({
			default: 180_000,
			minimum: 50,
			maximum: 3_600_000,
			description: "T4: time a command may take after its answer or the last sign of life",
		}),
		characterMs: Type.Integer({
			default: 200,
			minimum: 20,
			maximum: 5000,
			description: "T1, serial: time between two bytes of a block",
		}),
		blockMs: Type.Integer({ default: 5000, minimum: 20, maximum: 60_000, description: "T2, serial: time until ACK" }),
		enquiryMs: Type.Integer({
			default: 60_000,
			minimum: 50,
			maximum: 600_000,
			description: "Time between two status enquiries while nothing is under way",
		}),
		waitMs: Type.Integer({
			default: 2000,
			minimum: 20,
			maximum: 60_000,
			description: "The same while the terminal says that it is busy",
		}),
	},
	{ additionalProperties: false },
);
export type ZvtSettings = Static<typeof ZvtSettings>;
