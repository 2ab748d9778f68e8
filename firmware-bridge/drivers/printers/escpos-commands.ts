import { type CodePage, pageNumbered, shownBy } from "../code-pages.ts";

/** A command to the printer, as people read it. `length` may be more than there is: then its end is still to come. */
export type Reading = {
	length: number;
	words: string;
	/** The code page that it selects, where it is one we know. */
	page?: CodePage | undefined;
	/** Whether the printer does or answers something at once: the next command is another matter. */
	isDeed?: boolean;
};

type Bytes = Uint8Array;

const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;
const DLE = 0x10;
const alignments = ["left", "centre", "right"];
const barcodes = ["UPC-A", "UPC-E", "EAN-13", "EAN-8", "Code 39", "ITF", "Codabar", "Code 93", "Code 128", "GS1-128"];
const errorLevels: Record<number, string> = { 48: "L", 49: "M", 50: "Q", 51: "H" };
const identities: Record<number, string> = { 65: "firmware", 66: "maker", 67: "model", 68: "serial number" };
const onOff = (n: number): string => ((n & 1) === 1 ? "on" : "off");
const word = (low = 0, high = 0): number => low + high * 256;
const digitOf = (n: number): number => n % 48;

/** What has one parameter, by its two bytes. */
const simple: Record<number, (n: number) => Omit<Reading, "length">> = {
	7028: (n) => {
		const page = pageNumbered(n);
		return { words: `code page ${page ?? `number ${n}`}`, page };
	},
	6994: (n) => ({ words: `international characters ${n}` }),
	7009: (n) => ({ words: `align ${alignments[digitOf(n)] ?? n}` }),
	6981: (n) => ({ words: `bold ${onOff(n)}` }),
	6957: (n) => ({ words: `underline ${digitOf(n)}` }),
	6989: (n) => ({ words: `font ${digitOf(n) === 1 ? "B" : "A"}` }),
	6945: (n) => ({ words: `print mode ${hex(n)}` }),
	7012: (n) => ({ words: `feed ${n} lines` }),
	6986: (n) => ({ words: `feed ${n} dots` }),
	6963: (n) => ({ words: `line spacing ${n} dots` }),
	6973: (n) => ({ words: `select device ${n}` }),
	7457: (n) => ({ words: `size ${(n >> 4) + 1} by ${(n & 0x0f) + 1}` }),
	7490: (n) => ({ words: `inverse ${onOff(n)}` }),
	7528: (n) => ({ words: `barcode height ${n} dots` }),
	7543: (n) => ({ words: `barcode module ${n} dots` }),
	7496: (n) => ({ words: `barcode text ${["none", "above", "below", "both"][digitOf(n)] ?? n}` }),
	7526: (n) => ({ words: `barcode font ${digitOf(n)}` }),
	7521: (n) => ({ words: `tell by itself: ${hex(n)}`, isDeed: true }),
	7538: (n) => ({ words: `ask ${digitOf(n) === 2 ? "drawer" : "paper"} status in its turn`, isDeed: true }),
	7497: (n) => ({ words: `ask ${identities[n] ?? `identity ${n}`}`, isDeed: true }),
	4100: (n) => ({ words: `ask status ${n} at once`, isDeed: true }),
	4101: (n) => ({ words: n === 1 ? "go on after an error" : n === 2 ? "drop all data" : `enquiry ${n}`, isDeed: true }),
};

/** The command that the bytes begin with, or undefined where they are too few to tell. */
export function readCommand(bytes: Bytes, page: CodePage): Reading | undefined {
	const [first = 0, second] = bytes;
	if (first === 0x0a) return { length: 1, words: "line feed" };
	if (first >= 0x20) return readText(bytes, page);
	if (![ESC, FS, GS, DLE].includes(first)) return { length: 1, words: `control character ${hex(first)}` };
	if (second === undefined) return undefined;
	const read = simple[(first << 8) | second];
	if (read) return bytes[2] === undefined ? undefined : { length: 3, ...read(bytes[2]) };
	if (first === ESC) return readEscape(bytes, second);
	if (first === GS) return readGroup(bytes, second);
	if (first === DLE && second === 0x14) return readRealTime(bytes);
	return { length: 2, words: first === FS && second === 0x2e ? "no Chinese characters" : unknown(first, second) };
}

function readEscape(bytes: Bytes, second: number): Reading | undefined {
	if (second === 0x40) return { length: 2, words: "initialise" };
	if (second === 0x32) return { length: 2, words: "line spacing as usual" };
	if (second !== 0x70) return { length: 2, words: unknown(ESC, second) };
	const [, , m, on = 0, off = 0] = bytes;
	if (m === undefined) return undefined;
	const words = `drawer pulse on pin ${digitOf(m) === 0 ? 2 : 5}, ${on * 2} ms on, ${off * 2} ms off`;
	return { length: 5, words, isDeed: true };
}

function readGroup(bytes: Bytes, second: number): Reading | undefined {
	const [, , n, low, high] = bytes;
	if (n === undefined) return undefined;
	if (second === 0x56) {
		const isFed = n === 0x41 || n === 0x42;
		const cut = isFed ? n - 0x41 : digitOf(n);
		return { length: isFed ? 4 : 3, words: `cut ${cut === 1 ? "partly" : "off"}`, isDeed: true };
	}
	if (second === 0x6b) return readBarcode(bytes, n);
	if (second === 0x28) {
		if (high === undefined) return undefined;
		return { length: 5 + word(low, high), ...readFunction(n, bytes.subarray(5, 5 + word(low, high))) };
	}
	if (second !== 0x76 || n !== 0x30) return { length: 2, words: unknown(GS, second) };
	if (bytes.length < 8) return undefined;
	const [width, height] = [word(bytes[4], bytes[5]), word(bytes[6], bytes[7])];
	return { length: 8 + width * height, words: `picture of ${width * 8} by ${height} dots`, isDeed: true };
}

/** GS ( H: process ids. GS ( k: QR codes. */
function readFunction(letter: number, parameters: Bytes): Omit<Reading, "length"> {
	const [kind, fn, value = 0] = parameters;
	const text = (from: number): string => shownBy(parameters.subarray(from), 858);
	if (letter === 0x48 && fn === 0x30) return { words: `ask process id ${text(2)} when printed`, isDeed: true };
	if (letter !== 0x6b || kind !== 0x31) return { words: `function ( ${hex(letter)} ${hex(fn ?? 0)}` };
	if (fn === 0x41) return { words: `QR model ${digitOf(value)}` };
	if (fn === 0x43) return { words: `QR module ${value} dots` };
	if (fn === 0x45) return { words: `QR error level ${errorLevels[value] ?? value}` };
	if (fn === 0x50) return { words: `QR data ${text(3)}` };
	return { words: fn === 0x51 ? "print the QR code" : `QR function ${hex(fn ?? 0)}` };
}

function readBarcode(bytes: Bytes, type: number): Reading | undefined {
	const name = barcodes[type < 65 ? type : type - 65] ?? `type ${type}`;
	if (type >= 65) {
		const count = bytes[3];
		if (count === undefined) return undefined;
		return { length: 4 + count, words: `barcode ${name} ${shownBy(bytes.subarray(4, 4 + count), 858)}` };
	}
	const end = bytes.indexOf(0, 3);
	// Ends at a NUL, of which a copy of the bytes may have been cut off.
	if (end === -1) return bytes.length < BARCODE_BYTES_MAX ? undefined : { length: 3, words: unknown(GS, 0x6b) };
	return { length: end + 1, words: `barcode ${name} ${shownBy(bytes.subarray(3, end), 858)}` };
}

const BARCODE_BYTES_MAX = 260;

function readRealTime([, , fn, pin = 0, tenths = 0]: Bytes): Reading | undefined {
	if (fn === undefined) return undefined;
	const pulse = `drawer pulse at once on pin ${pin === 0 ? 2 : 5}, ${tenths * 100} ms`;
	if (fn === 1) return { length: 5, words: pulse, isDeed: true };
	return { length: fn === 8 ? 10 : 3, words: fn === 8 ? "drop all data at once" : `real time ${fn}`, isDeed: true };
}

function readText(bytes: Bytes, page: CodePage): Reading {
	const end = bytes.findIndex((byte) => byte < 0x20);
	const text = end === -1 ? bytes : bytes.subarray(0, end);
	return { length: text.length, words: `text ${shownBy(text, page)}` };
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
const unknown = (first: number, second: number): string => `unknown command ${hex(first)} ${hex(second)}`;
