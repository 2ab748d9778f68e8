import { defineDisplay } from "../define.ts";
import { asItComes } from "../exchange.ts";
import { WireError } from "../wire.ts";
import { type DisplayCommand, readDisplay } from "./display-commands.ts";
import { DisplaySettings, encodeCodePage, encodeLines, showOn } from "./two-lines.ts";

const CLEAR = 0x0c;
const ESC = 0x1b;
const CR = 0x0d;
const UPPER = [ESC, 0x51, 0x41];
const LOWER = [ESC, 0x51, 0x42];

const dialect: readonly DisplayCommand[] = [
	{ begins: UPPER, length: { endsWith: CR }, words: (text, show) => `upper line ${show(text)}` },
	{ begins: LOWER, length: { endsWith: CR }, words: (text, show) => `lower line ${show(text)}` },
];

/**
 * Both lines at once. What follows `ESC Q` is ignored until the next CLR, so CLR comes first; and the code page with it,
 * because a display that was switched off and on has forgotten it, and tells nobody.
 */
export function encodeCd5220(lines: readonly string[], settings: DisplaySettings): Uint8Array {
	const [upper, lower] = encodeLines(lines, settings);
	return Uint8Array.of(CLEAR, ...encodeCodePage(settings), ...UPPER, ...upper, CR, ...LOWER, ...lower, CR);
}

export const cd5220 = defineDisplay({
	name: "cd5220",
	title: "Customer displays of two lines of twenty characters in CD5220 emulation",
	provenOn: "emulator only",
	serial: { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 },
	settings: DisplaySettings,
	wire: {
		frames: asItComes,
		explain(frame, direction) {
			if (direction === "in") throw new WireError("a customer display says nothing");
			return { commands: readDisplay(frame, dialect) };
		},
	},
	open: (link, settings, report) =>
		showOn(link, report, Uint8Array.of(ESC, 0x40), (lines) => encodeCd5220(lines, settings)),
});
