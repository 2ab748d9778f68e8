import { type CodePage, pageNumbered, shownBy } from "../code-pages.ts";
import { WireError } from "../wire.ts";

/** A command of a display's dialect: the bytes that it begins with, how long it is, and what it says. */
export type DisplayCommand = {
	begins: readonly number[];
	/** Whole, or up to and with its end. */
	length: number | { endsWith: number };
	words(parameters: Uint8Array, show: (bytes: Uint8Array) => string): string;
};

/** What every dialect has. */
const everywhere: readonly DisplayCommand[] = [
	{ begins: [0x1b, 0x40], length: 2, words: () => "initialise" },
	{ begins: [0x0c], length: 1, words: () => "clear" },
	{ begins: [0x1b, 0x74], length: 3, words: ([n = 0]) => `code page ${pageNumbered(n) ?? `number ${n}`}` },
];

/** What is sent to a display, command by command. Throws WireError at the first that its dialect does not have. */
export function readDisplay(frame: Uint8Array, dialect: readonly DisplayCommand[]): string[] {
	const said: string[] = [];
	let page: CodePage = 437;
	for (let at = 0; at < frame.length; ) {
		const rest = frame.subarray(at);
		const text = rest.findIndex((byte) => byte < 0x20);
		if (text !== 0) {
			const shown = text === -1 ? rest : rest.subarray(0, text);
			said.push(`text ${shownBy(shown, page)}`);
			at += shown.length;
			continue;
		}
		const command = [...everywhere, ...dialect].find(({ begins }) =>
			begins.every((byte, index) => rest[index] === byte),
		);
		if (!command) throw new WireError(`no command of this display begins with ${hexOf(rest.subarray(0, 3))}`);
		const { begins, length } = command;
		const end = typeof length === "number" ? length : rest.indexOf(length.endsWith, begins.length) + 1;
		if (end === 0 || end > rest.length) throw new WireError(`the command ${hexOf(rest.subarray(0, 8))} is cut off`);
		const parameters = rest.subarray(begins.length, typeof length === "number" ? end : end - 1);
		if (begins[1] === 0x74) page = pageNumbered(parameters[0] ?? 0) ?? page;
		said.push(command.words(parameters, (bytes) => shownBy(bytes, page)));
		at += end;
	}
	return said;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
