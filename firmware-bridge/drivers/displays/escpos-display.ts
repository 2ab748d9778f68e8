import { defineDisplay } from "../define.ts";
import { asItComes } from "../exchange.ts";
import { WireError } from "../wire.ts";
import { type DisplayCommand, readDisplay } from "./display-commands.ts";
import { DisplaySettings, encodeCodePage, encodeLines, showOn } from "./two-lines.ts";

const CLEAR = 0x0c;
const ESC = 0x1b;
const US = 0x1f;
const TO = [US, 0x24];
const CURSOR = [US, 0x43];

const dialect: readonly DisplayCommand[] = [
	{ begins: TO, length: 4, words: ([column, row]) => `to column ${column} of line ${row}` },
	{ begins: CURSOR, length: 3, words: ([n = 0]) => `cursor ${(n & 1) === 1 ? "on" : "off"}` },
];

/** Both lines at once, with everything that a display that was switched off and on has forgotten. */
export function encodeEscposDisplay(lines: readonly string[], settings: DisplaySettings): Uint8Array {
	const [upper, lower] = encodeLines(lines, settings);
	return Uint8Array.of(
		...[CLEAR, ...CURSOR, 0, ...encodeCodePage(settings)],
		...[...TO, 1, 1, ...upper],
		...[...TO, 1, 2, ...lower],
	);
}

export const escposDisplay = defineDisplay({
	name: "escpos-display",
	title: "Customer displays of two lines of twenty characters that speak ESC/POS (Epson DM-D and what is compatible)",
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
		showOn(link, report, Uint8Array.of(ESC, 0x40), (lines) => encodeEscposDisplay(lines, settings)),
});
