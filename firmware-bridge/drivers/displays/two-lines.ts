import type { Command } from "@kassahub/contracts/command.ts";
import { type Static, Type } from "typebox";
import type { Link } from "../../links/link.ts";
import { codePages, encodeFitted, fitText } from "../code-pages.ts";
import type { Outcome, Report, Session } from "../driver.ts";

export const LINE_CHARACTERS = 20;

export const DisplaySettings = Type.Object(
	{
		codePage: Type.Enum([437, 850, 858, 1252], {
			default: 437,
			description: "Letters the display has; 850 and 437 have no euro sign, and show EUR",
		}),
		codePageNumber: Type.Optional(
			Type.Integer({
				minimum: 0,
				maximum: 255,
				description: "Number by which the model selects it (ESC t); left out: Epson's own",
			}),
		),
	},
	{ additionalProperties: false },
);
export type DisplaySettings = Static<typeof DisplaySettings>;

/** Two lines of exactly twenty of the display's characters: a longer one is cut, a missing one is empty. */
export function encodeLines(lines: readonly string[], { codePage }: DisplaySettings): [Uint8Array, Uint8Array] {
	const encode = (line = ""): Uint8Array =>
		encodeFitted(fitText(line, codePage).slice(0, LINE_CHARACTERS).padEnd(LINE_CHARACTERS), codePage);
	return [encode(lines[0]), encode(lines[1])];
}

/** ESC t: which letters stand above ASCII. */
export const encodeCodePage = ({ codePage, codePageNumber }: DisplaySettings): Uint8Array =>
	Uint8Array.of(0x1b, 0x74, codePageNumber ?? codePages[codePage].epsonNumber);

const TEST_LINES = ["Kassahub  1234567890", "€ 19,95  é ë ï ö ü"];
const ONE_WAY = "sent; a customer display does not answer";

/** A display takes what it is sent and says nothing: it is on line while its port is open, whether it is there or not. */
export async function showOn(
	link: Link,
	report: Report,
	begin: Uint8Array,
	encode: (lines: readonly string[]) => Uint8Array,
): Promise<Session> {
	await link.write(begin);
	report.condition({ state: "online" });
	return {
		watch: async () => {
			await link.gone;
		},
		async perform(command: Command): Promise<Outcome> {
			await link.write(encode(command.action === "show" ? command.lines : TEST_LINES));
			return { status: "done", detail: ONE_WAY };
		},
	};
}
