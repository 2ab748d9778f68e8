import type { Splitter } from "../exchange.ts";
import { WireError } from "../wire.ts";

/** Serial blocks, sheet 1.2: `10 02 message 10 03 check sum`, with each 10 of the message doubled. */

const [STX, ETX, DLE] = [0x02, 0x03, 0x10];
export const ACK = 0x06;
export const NAK = 0x15;
/** The longest message, every byte of it doubled, and what is around it. */
const BLOCK_BYTES_MAX = 2 * (0xffff + 5) + 6;

/** CRC-16/KERMIT over the message and the ETX: reflected, from 0, as it is. */
export function checkSum(message: Uint8Array): number {
	let crc = 0;
	for (const byte of [...message, ETX]) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0x8408 : 0);
	}
	return crc;
}

export function encodeBlock(message: Uint8Array): Uint8Array {
	const doubled: number[] = [];
	for (const byte of message) {
		doubled.push(byte);
		if (byte === DLE) doubled.push(DLE);
	}
	const crc = checkSum(message);
	return Uint8Array.from([DLE, STX, ...doubled, DLE, ETX, crc & 0xff, crc >> 8]);
}

/** One piece of what `splitBlocks` cuts. Throws WireError where it is neither a sound block nor its receipt. */
export function decodeBlock(piece: Uint8Array): { kind: "ack" | "nak" } | { kind: "message"; message: Uint8Array } {
	if (piece.length === 1 && piece[0] === ACK) return { kind: "ack" };
	if (piece.length === 1 && piece[0] === NAK) return { kind: "nak" };
	if (!isBlock(piece)) throw new WireError("no block");
	const message: number[] = [];
	for (let at = 2; at < piece.length - 4; at++) {
		const byte = piece[at] as number;
		if (byte === DLE && piece[++at] !== DLE) throw new WireError("a single DLE in a block");
		message.push(byte);
	}
	const sent = (piece.at(-2) ?? 0) | ((piece.at(-1) ?? 0) << 8);
	const decoded = Uint8Array.from(message);
	if (checkSum(decoded) !== sent) throw new WireError("the block's check sum is wrong");
	return { kind: "message", message: decoded };
}

/** Whether it has a block's beginning and end; its check sum is another matter. */
export const isBlock = (piece: Uint8Array): boolean =>
	piece.length >= 6 && piece[0] === DLE && piece[1] === STX && piece.at(-4) === DLE && piece.at(-3) === ETX;

/** Cuts a serial stream into blocks, ACK, NAK, and single bytes of noise. */
export function splitBlocks(): Splitter<Uint8Array> {
	let begun: number[] = [];
	/** After DLE ETX: bytes of the check sum still to come. */
	let rest = 0;
	let isEscaped = false;
	const end = (pieces: Uint8Array[]): void => {
		pieces.push(Uint8Array.from(begun));
		begun = [];
		rest = 0;
		isEscaped = false;
	};
	function take(byte: number, pieces: Uint8Array[]): void {
		begun.push(byte);
		if (begun.length === 1) {
			if (byte !== DLE) end(pieces);
		} else if (begun.length === 2) {
			if (byte !== STX) end(pieces);
		} else if (rest > 0) {
			if (--rest === 0) end(pieces);
		} else if (isEscaped) {
			isEscaped = false;
			if (byte === ETX) rest = 2;
			else if (byte === STX) {
				// A new block begins in the middle of one that was cut off.
				begun.splice(-2);
				end(pieces);
				begun = [DLE, STX];
			} else if (byte !== DLE) end(pieces);
		} else if (byte === DLE) isEscaped = true;
		else if (begun.length >= BLOCK_BYTES_MAX) end(pieces);
	}
	return {
		push(bytes) {
			const pieces: Uint8Array[] = [];
			for (const byte of bytes) take(byte, pieces);
			return pieces;
		},
		discard() {
			const hadBegun = begun.length > 0;
			begun = [];
			rest = 0;
			isEscaped = false;
			return hadBegun;
		},
	};
}
