import { type Static, Type } from "typebox";

export const EscposSettings = Type.Object(
	{
		columns: Type.Enum([48, 42, 32], {
			default: 48,
			description: "Characters on a line: 48 or 42 on 80 mm paper, 32 on 58 mm",
		}),
		drawerPin: Type.Enum([2, 5], { default: 2, description: "Pin of the drawer plug that opens the drawer" }),
		drawerOpen: Type.Optional(
			Type.Enum(["high", "low"], {
				description: "Level of the drawer's contact while it is open; left out: not known, and not told",
			}),
		),
		codePage: Type.Enum([858, 1252, 850, 437], {
			default: 858,
			description: "Letters the printer has; 850 and 437 have no euro sign, and print EUR",
		}),
		codePageNumber: Type.Optional(
			Type.Integer({
				minimum: 0,
				maximum: 255,
				description: "Number by which the model selects it (ESC t); left out: Epson's own",
			}),
		),
		logoFile: Type.Optional(
			Type.String({ minLength: 1, description: "PNG file above every receipt; as wide as the paper at most" }),
		),
		answerMs: Type.Integer({
			default: 2000,
			minimum: 100,
			maximum: 10_000,
			description: "Time a status answer may take",
		}),
		confirmMs: Type.Integer({
			default: 15_000,
			minimum: 500,
			maximum: 120_000,
			description: "Time a receipt may take to be printed, a second a 10 cm of paper not counted",
		}),
	},
	{ additionalProperties: false },
);
export type EscposSettings = Static<typeof EscposSettings>;
