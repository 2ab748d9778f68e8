/**
 * Wired shelf nodes (protocol sheet, section 7): the hub polls nodes on an RS-485 bus. A frame is version, address,
 * sequence number, type, payload and CRC, stuffed by COBS and ended by a zero.
 */
import type { Splitter } from "../exchange.ts";
import { decodeCobs, encodeCobs } from "./cobs.ts";

const VERSION = 1;
const POLL = 0x12;
const TARE = 0x14;
const HEADER_BYTES = 4;
const CRC_BYTES = 2;
/** Header, 200 bytes of payload and CRC, stuffed, with its zero. */
const STUFFED_BYTES_MAX = 209;

export type Status = {
	isUnstable: boolean;
	isOver: boolean;
	isUnder: boolean;
	isDefect: boolean;
	isBatteryLow: boolean;
};

/** What a frame says. `address` is the node's: whom the hub asks, or who answers. */
export type Frame = { address: number; seq: number } & (
	| { kind: "measurement"; grams: number; status: Status; celsius: number; battery: number }
	| { kind: "hello"; serialNumber: string; firmware: string }
	| { kind: "acknowledged" }
	| { kind: "refused"; code: number }
	| { kind: "error"; code: number }
	| { kind: "poll" }
	| { kind: "tare" }
);
export type Garbled = { kind: "garbled"; why: "crc" | "form"; detail: string };

export const encodePoll = (address: number, seq: number): Uint8Array => encode([VERSION, address, seq, POLL]);
export const encodeTare = (address: number, seq: number): Uint8Array => encode([VERSION, address, seq, TARE]);

function encode(body: number[]): Uint8Array {
	const crc = crc16(Uint8Array.from(body));
	return Uint8Array.of(...encodeCobs(Uint8Array.of(...body, crc >> 8, crc & 0xff)), 0);
}

/** CRC-16/CCITT-FALSE: polynomial 1021, from FFFF, nothing reflected. */
export function crc16(bytes: Uint8Array): number {
	let crc = 0xffff;
	for (const byte of bytes) {
		crc ^= byte << 8;
		for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
		crc &= 0xffff;
	}
	return crc;
}

/** Reads one frame, its ending zero included. */
export function decodeFrame(stuffed: Uint8Array): Frame | Garbled {
	if (stuffed.at(-1) !== 0) return garbled("form", "no zero at its end", stuffed);
	const raw = decodeCobs(stuffed.subarray(0, -1));
	if (!raw || raw.length < HEADER_BYTES + CRC_BYTES) return garbled("form", "not stuffed by COBS", stuffed);
	const body = raw.subarray(0, -CRC_BYTES);
	const [high = 0, low = 0] = raw.subarray(-CRC_BYTES);
	if (crc16(body) !== ((high << 8) | low)) return garbled("crc", "its CRC is wrong", stuffed);
	const [version = 0, address = 0, seq = 0, type = 0] = body;
	if (version !== VERSION) return garbled("form", `version ${version}`, stuffed);
	const payload = body.subarray(HEADER_BYTES);
	const said = readPayload(type, payload);
	return said ? { address, seq, ...said } : garbled("form", `type ${type} of ${payload.length} bytes`, stuffed);
}

type Said<F = Frame> = F extends Frame ? Omit<F, "address" | "seq"> : never;

function readPayload(type: number, payload: Uint8Array): Said | undefined {
	const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
	switch (type) {
		case 0x01:
			if (payload.length !== 8) return undefined;
			return {
				kind: "measurement",
				grams: view.getInt32(0, true),
				status: readStatus(view.getUint16(4, true)),
				celsius: view.getInt8(6),
				battery: view.getUint8(7),
			};
		case 0x02:
			if (payload.length !== 10) return undefined;
			return {
				kind: "hello",
				serialNumber: Buffer.from(payload.subarray(0, 8)).toString("hex"),
				firmware: `${payload[8]}.${payload[9]}`,
			};
		case 0x10:
			return payload.length === 0 ? { kind: "acknowledged" } : undefined;
		case 0x11:
			return payload.length === 1 ? { kind: "refused", code: view.getUint8(0) } : undefined;
		case 0x1f:
			return payload.length === 1 ? { kind: "error", code: view.getUint8(0) } : undefined;
		case POLL:
			return payload.length === 0 ? { kind: "poll" } : undefined;
		case TARE:
			return payload.length === 0 ? { kind: "tare" } : undefined;
		default:
			return undefined;
	}
}

const readStatus = (bits: number): Status => ({
	isUnstable: (bits & 0x01) !== 0,
	isOver: (bits & 0x02) !== 0,
	isUnder: (bits & 0x04) !== 0,
	isDefect: (bits & 0x08) !== 0,
	isBatteryLow: (bits & 0x10) !== 0,
});

const garbled = (why: Garbled["why"], detail: string, stuffed: Uint8Array): Garbled => ({
	kind: "garbled",
	why,
	detail: `${detail} (${Buffer.from(stuffed).toString("hex").slice(0, 80)})`,
});

/** Cuts at zeros. What is longer than any frame is cut as well: it is no frame, and is not gathered. */
export function splitFrames(): Splitter<Uint8Array> {
	let begun: number[] = [];
	return {
		push(bytes) {
			const frames: Uint8Array[] = [];
			for (const byte of bytes) {
				// A zero by itself ends nothing: nodes may send one to begin afresh.
				if (byte === 0 && begun.length === 0) continue;
				begun.push(byte);
				if (byte !== 0 && begun.length < STUFFED_BYTES_MAX) continue;
				frames.push(Uint8Array.from(begun));
				begun = [];
			}
			return frames;
		},
		discard() {
			const hadBegun = begun.length > 0;
			begun = [];
			return hadBegun;
		},
	};
}
