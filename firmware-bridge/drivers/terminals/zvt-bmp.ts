/** A field of a message: its tag (BMP) and its value, without length. */
export type Bmp = { tag: number; value: Uint8Array };

/** Length in bytes, or how the length is written: two or three digits, or the BER way of the TLV container. */
type Length = number | "LL" | "LLL" | "BER";

export const TLV_CONTAINER = 0x06;

/** Sheet, section 4.1. There is no general rule for lengths: a tag that is not here can't be skipped. */
const fields: readonly (readonly [number, Length, string])[] = [
	[0x01, 1, "timeout"],
	[0x02, 1, "status informations at most"],
	[0x03, 1, "service byte"],
	[0x04, 6, "amount"],
	[0x05, 1, "pump"],
	[TLV_CONTAINER, "BER", "objects"],
	[0x0b, 3, "trace"],
	[0x0c, 3, "time"],
	[0x0d, 2, "date"],
	[0x0e, 2, "card expiry"],
	[0x17, 2, "card sequence number"],
	[0x19, 1, "payment type or status"],
	[0x22, "LL", "card number"],
	[0x23, "LL", "track 2"],
	[0x24, "LLL", "track 3"],
	[0x27, 1, "result"],
	[0x29, 4, "terminal id"],
	[0x2a, 15, "contract number"],
	[0x2d, "LL", "track 1"],
	[0x2e, "LLL", "chip data"],
	[0x37, 3, "original trace"],
	[0x3a, 2, "card check value"],
	[0x3b, 8, "authorisation"],
	[0x3c, "LLL", "text"],
	[0x3d, 3, "password"],
	[0x49, 2, "currency"],
	[0x4c, "LL", "blocked goods"],
	[0x60, "LLL", "totals"],
	[0x87, 2, "receipt number"],
	[0x88, 3, "turnover number"],
	[0x8a, 1, "card type"],
	[0x8b, "LL", "card name"],
	[0x8c, 1, "network card type"],
	[0x9a, "LLL", "money card payment"],
	[0xa0, 1, "result of the authorisation system"],
	[0xa7, "LL", "chip identification"],
	[0xaa, 3, "date with year"],
	[0xaf, "LLL", "chip information"],
	[0xba, 5, "application parameter"],
	[0xd0, 1, "BMP D0"],
	[0xd1, "LL", "BMP D1"],
	[0xd2, 1, "BMP D2"],
	[0xd3, 1, "BMP D3"],
	[0xe0, 1, "BMP E0"],
	...linesOf(0xe0),
	[0xe9, 1, "BMP E9"],
	[0xea, 1, "BMP EA"],
	[0xeb, 8, "BMP EB"],
	[0xf0, 1, "display seconds"],
	...linesOf(0xf0),
	[0xf9, 1, "BMP F9"],
	[0xfa, 1, "BMP FA"],
	[0xfb, 1, "BMP FB"],
	[0xfc, 1, "BMP FC"],
	[0xfd, 1, "BMP FD"],
];

function linesOf(base: number): [number, Length, string][] {
	return [1, 2, 3, 4, 5, 6, 7, 8].map((line) => [base + line, "LL", `text line ${line}`]);
}

const lengths = new Map(fields.map(([tag, length]) => [tag, length]));
const names = new Map(fields.map(([tag, , name]) => [tag, name]));

export const nameOfBmp = (tag: number): string => names.get(tag) ?? "unknown";

export const knownBmps: readonly number[] = [...lengths.keys()];

/** Throws RangeError where the tag is unknown or the value has another length than its tag asks. */
export function encodeBmp(tag: number, value: Uint8Array): Uint8Array {
	const length = lengths.get(tag);
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
	const found: Bmp[] = [];
	let at = 0;
	while (at < data.length) {
		const tag = data[at] as number;
		const place = extent(data, at + 1, lengths.get(tag));
		if (!place || place.start + place.size > data.length) break;
		found.push({ tag, value: data.slice(place.start, place.start + place.size) });
		at = place.start + place.size;
	}
	return { fields: found, unread: data.slice(at) };
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
