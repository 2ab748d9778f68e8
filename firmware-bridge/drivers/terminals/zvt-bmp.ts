/** A field of a message: its tag (BMP) and its value, without length. */
export type Bmp = { tag: number; value: Uint8Array };

/** Length in bytes, or how the length is written: two or three digits, or the BER way of the TLV container. */
type Length = number | "LL" | "LLL" | "BER";

export const TLV_CONTAINER = 0x06;

/** Sheet, section 4.1. There is no general rule for lengths: a tag that is not here can't be skipped. */
const table: Readonly<Record<number, readonly [Length, string]>> = {
	1: [1, "timeout"],
	2: [1, "status informations at most"],
	3: [1, "service byte"],
	4: [6, "amount"],
	5: [1, "pump"],
	[TLV_CONTAINER]: ["BER", "objects"],
	11: [3, "trace"],
	12: [3, "time"],
	13: [2, "date"],
	14: [2, "card expiry"],
	23: [2, "card sequence number"],
	25: [1, "payment type or status"],
	34: ["LL", "card number"],
	35: ["LL", "track 2"],
	36: ["LLL", "track 3"],
	39: [1, "result"],
	41: [4, "terminal id"],
	42: [15, "contract number"],
	45: ["LL", "track 1"],
	46: ["LLL", "chip data"],
	55: [3, "original trace"],
	58: [2, "card check value"],
	59: [8, "authorisation"],
	60: ["LLL", "text"],
	61: [3, "password"],
	73: [2, "currency"],
	76: ["LL", "blocked goods"],
	96: ["LLL", "totals"],
	135: [2, "receipt number"],
	136: [3, "turnover number"],
	138: [1, "card type"],
	139: ["LL", "card name"],
	140: [1, "network card type"],
	154: ["LLL", "money card payment"],
	160: [1, "result of the authorisation system"],
	167: ["LL", "chip identification"],
	170: [3, "date with year"],
	175: ["LLL", "chip information"],
	186: [5, "application parameter"],
	208: [1, "BMP D0"],
	209: ["LL", "BMP D1"],
	210: [1, "BMP D2"],
	211: [1, "BMP D3"],
	224: [1, "BMP E0"],
	...Object.fromEntries(tags(0xe1, 0xe8).map((tag) => [tag, ["LL", `text line ${tag - 0xe0}`] as const])),
	233: [1, "BMP E9"],
	234: [1, "BMP EA"],
	235: [8, "BMP EB"],
	240: [1, "display seconds"],
	...Object.fromEntries(tags(0xf1, 0xf8).map((tag) => [tag, ["LL", `text line ${tag - 0xf0}`] as const])),
	...Object.fromEntries(tags(0xf9, 0xfd).map((tag) => [tag, [1, `BMP ${tag.toString(16).toUpperCase()}`] as const])),
};

function tags(first: number, last: number): number[] {
	return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export const nameOfBmp = (tag: number): string => table[tag]?.[1] ?? "unknown";

export const knownBmps: readonly number[] = Object.keys(table).map(Number);

/** Throws RangeError where the tag is unknown or the value has another length than its tag asks. */
export function encodeBmp(tag: number, value: Uint8Array): Uint8Array {
	const [length] = table[tag] ?? [];
	if (length === undefined) throw new RangeError(`no field ${tag.toString(16)}`);
	if (typeof length === "number" && value.length !== length) throw new RangeError(`field ${tag} has ${length} bytes`);
	return Uint8Array.from([tag, ...lengthBytes(length, value.length), ...value]);
}

function lengthBytes(length: Length, size: number): number[] {
	if (typeof length === "number") return [];
	if (length === "BER") return encodeBerLength(size);
	const digits = String(size).padStart(length.length, "0");
	if (digits.length > length.length) throw new RangeError(`${size} bytes are too many for ${length}`);
	return [...digits].map((digit) => 0xf0 | Number(digit));
}

/** The container's length and those of its objects: the high byte first, other than a message's own (sheet 2). */
export function encodeBerLength(size: number): number[] {
	if (size < 0x80) return [size];
	if (size <= 0xff) return [0x81, size];
	if (size <= 0xffff) return [0x82, size >> 8, size & 0xff];
	throw new RangeError(`${size} bytes are too many for an object`);
}

/** How long what begins at `at` is, and where it starts; undefined where that can't be read. */
export function berLengthAt(data: Uint8Array, at: number): { start: number; size: number } | undefined {
	const first = data[at];
	if (first === undefined) return undefined;
	if (first < 0x80) return { start: at + 1, size: first };
	const [one, two] = [data[at + 1], data[at + 2]];
	if (first === 0x81 && one !== undefined) return { start: at + 2, size: one };
	if (first === 0x82 && one !== undefined && two !== undefined) return { start: at + 3, size: 256 * one + two };
	return undefined;
}

/**
 * The fields in the order they came. `unread` begins with the first one whose tag is unknown or whose length does not fit:
 * what follows can't be told apart.
 */
export function decodeBmps(data: Uint8Array): { fields: Bmp[]; unread: Uint8Array } {
	const fields: Bmp[] = [];
	let at = 0;
	while (at < data.length) {
		const tag = data[at] as number;
		const found = extent(data, at + 1, table[tag]?.[0]);
		if (!found || found.start + found.size > data.length) break;
		fields.push({ tag, value: data.slice(found.start, found.start + found.size) });
		at = found.start + found.size;
	}
	return { fields, unread: data.slice(at) };
}

function extent(data: Uint8Array, at: number, length: Length | undefined): { start: number; size: number } | undefined {
	if (length === undefined) return undefined;
	if (typeof length === "number") return { start: at, size: length };
	if (length === "BER") return berLengthAt(data, at);
	let size = 0;
	for (let index = 0; index < length.length; index++) {
		const digit = (data[at + index] ?? 0) - 0xf0;
		if (digit < 0 || digit > 9) return undefined;
		size = 10 * size + digit;
	}
	return { start: at + length.length, size };
}

/** The first of the fields with that tag. */
export const findBmp = (fields: readonly Bmp[], tag: number): Uint8Array | undefined =>
	fields.find((field) => field.tag === tag)?.value;
