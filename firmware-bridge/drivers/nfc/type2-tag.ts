/** The memory of a type 2 tag (NFC Forum Type 2 Tag): pages of four bytes, data in TLVs from page 4 on. */
import { NDEF_BYTES_MAX, NdefError } from "./ndef.ts";

export const CAPABILITY_PAGE = 3;
export const FIRST_DATA_PAGE = 4;
export const PAGE_BYTES = 4;

/** Further pages need a change of sector, which no reader offers by the same command. */
const DATA_BYTES_MAX = (256 - FIRST_DATA_PAGE) * PAGE_BYTES;

const NDEF_MAGIC = 0xe1;
const NULL = 0x00;
const NDEF = 0x03;
const TERMINATOR = 0xfe;
const LONG = 0xff;

/** How many bytes of data can be read of a tag, by its capability container; undefined where it was never made an NDEF tag. */
export function decodeCapacity(container: Uint8Array): number | undefined {
	const [magic, version = 0, size = 0] = container;
	// Another major version may lay out its memory in another way.
	if (magic !== NDEF_MAGIC || version >> 4 !== 1) return undefined;
	return Math.min(size * 8, DATA_BYTES_MAX);
}

/** Where in the data a message is: `need` bytes of it must be read before that is known, or before it is whole. */
export type Search = { kind: "message"; bytes: Uint8Array } | { kind: "none" } | { kind: "more"; need: number };

/** Looks for the message in as much of the data as was read. Throws NdefError. */
export function findMessage(data: Uint8Array, capacity: number): Search {
	let at = 0;
	for (;;) {
		if (at >= capacity) return { kind: "none" };
		const tag = data[at];
		if (tag === undefined) return { kind: "more", need: at + 1 };
		if (tag === TERMINATOR) return { kind: "none" };
		at++;
		if (tag === NULL) continue;
		const short = data[at];
		const [lengthBytes, length] =
			short === LONG ? [3, ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0)] : [1, short ?? 0];
		if (at + lengthBytes > capacity) throw new NdefError("a TLV runs past the tag's memory");
		if (at + lengthBytes > data.length) return { kind: "more", need: at + (short === undefined ? 1 : lengthBytes) };
		at += lengthBytes;
		if (at + length > capacity) throw new NdefError("a TLV runs past the tag's memory");
		if (tag !== NDEF) {
			at += length;
			continue;
		}
		if (length > NDEF_BYTES_MAX) throw new NdefError(`longer than ${NDEF_BYTES_MAX} bytes`);
		if (at + length > data.length) return { kind: "more", need: at + length };
		return { kind: "message", bytes: data.subarray(at, at + length) };
	}
}
