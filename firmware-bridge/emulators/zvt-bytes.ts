/** ZVT's bytes as the terminal writes and reads them (sheet, sections 1.3 and 2). */

/** `value` as `length` bytes of two decimal digits each. */
export function bcd(value: number, length: number): number[] {
	const digits = String(value).padStart(2 * length, "0");
	return [...Buffer.from(digits, "hex")];
}

/** The number that decimal digits say; NaN where they are none. */
export const readBcd = (bytes: Uint8Array): number => Number(Buffer.from(bytes).toString("hex"));

export const ascii = (text: string): number[] => [...Buffer.from(text, "latin1")];

/** Length digits in the low half of bytes Fx. */
const lengthDigits = (length: number, digits: number): number[] =>
	[...String(length).padStart(digits, "0")].map((digit) => 0xf0 | Number(digit));
export const llvar = (data: readonly number[]): number[] => [...lengthDigits(data.length, 2), ...data];
export const lllvar = (data: readonly number[]): number[] => [...lengthDigits(data.length, 3), ...data];

/** A TLV object: tag of one or two bytes, length the BER way. */
export function tlv(tag: number, data: readonly number[]): number[] {
	const head = tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
	const { length } = data;
	if (length < 0x80) return [...head, length, ...data];
	if (length < 0x100) return [...head, 0x81, length, ...data];
	return [...head, 0x82, length >> 8, length & 0xff, ...data];
}

/** A whole message: class and instruction, length, data. */
export function apdu(head: number, data: readonly number[] = []): Uint8Array {
	const { length } = data;
	const size = length < 0xff ? [length] : [0xff, length & 0xff, length >> 8];
	return Uint8Array.from([head >> 8, head & 0xff, ...size, ...data]);
}

export type Message = { head: number; data: Uint8Array };

export function readApdu(bytes: Uint8Array): Message {
	const head = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
	return { head, data: bytes.subarray(bytes[2] === 0xff ? 5 : 3) };
}

/** Cuts a stream into messages by their length. */
export class ApduCutter {
	#rest = Buffer.alloc(0);

	push(bytes: Uint8Array): Uint8Array[] {
		this.#rest = Buffer.concat([this.#rest, bytes]);
		const messages: Uint8Array[] = [];
		for (;;) {
			const rest = this.#rest;
			if (rest.length < 3 || (rest[2] === 0xff && rest.length < 5)) return messages;
			const size = rest[2] === 0xff ? 5 + rest.readUInt16LE(3) : 3 + (rest[2] ?? 0);
			if (rest.length < size) return messages;
			messages.push(Uint8Array.from(rest.subarray(0, size)));
			this.#rest = rest.subarray(size);
		}
	}
}

/** The value of the first `tag` among BMPs of known length, as far as the hub's commands use them. */
export function bmpOf(data: Uint8Array, tag: number): Uint8Array | undefined {
	const sizes = new Map([
		[0x01, 1],
		[0x02, 1],
		[0x03, 1],
		[0x04, 6],
		[0x19, 1],
		[0x37, 3],
		[0x3d, 3],
		[0x49, 2],
		[0x87, 2],
	]);
	for (let at = 0; at < data.length; ) {
		const found = data[at] ?? 0;
		const isContainer = found === 0x06;
		const size = isContainer ? data[at + 1] : sizes.get(found);
		if (size === undefined) return undefined;
		const start = at + (isContainer ? 2 : 1);
		if (found === tag) return data.subarray(start, start + size);
		at = start + size;
	}
	return undefined;
}

/** CRC-16/KERMIT (section 1.2), bit by bit. */
export function crcOf(bytes: Iterable<number>): number {
	let crc = 0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
	}
	return crc;
}
