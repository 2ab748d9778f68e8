/**
 * OPI's frames: the length of the XML in four bytes, most significant first, then the XML (sheet A1). XML holds no NUL
 * and no message is longer than 64 kB, so that a NUL is where a frame begins: a stream finds its way back by itself.
 */
import type { Splitter } from "../exchange.ts";

const PREFIX_BYTES = 4;
const XML_BYTES_MAX = 0xffff;

export function frameOf(xml: string): Uint8Array {
	const body = Buffer.from(xml, "utf8");
	const frame = new Uint8Array(PREFIX_BYTES + body.length);
	new DataView(frame.buffer).setUint32(0, body.length);
	frame.set(body, PREFIX_BYTES);
	return frame;
}

/** The XML of a whole frame; undefined where its length and its prefix differ. */
export function xmlOf(frame: Uint8Array): Uint8Array | undefined {
	if (frame.length <= PREFIX_BYTES) return undefined;
	const declared = new DataView(frame.buffer, frame.byteOffset).getUint32(0);
	return declared === frame.length - PREFIX_BYTES ? frame.subarray(PREFIX_BYTES) : undefined;
}

/** The first part of the XML of a frame that is shorter than its prefix says; undefined where it is not. */
export function beginningOf(frame: Uint8Array): Uint8Array | undefined {
	if (frame.length <= PREFIX_BYTES) return undefined;
	const declared = new DataView(frame.buffer, frame.byteOffset).getUint32(0);
	const isCutOff = declared <= XML_BYTES_MAX && declared > frame.length - PREFIX_BYTES;
	return isCutOff ? frame.subarray(PREFIX_BYTES) : undefined;
}

/** Frames with their prefix. What is no frame comes out as one whose prefix is wrong. */
export function splitFrames(): Splitter<Uint8Array> {
	let begun: number[] = [];
	/** Bytes of the whole frame, as its prefix has it. */
	let wanted = Number.POSITIVE_INFINITY;

	function take(byte: number, frames: Uint8Array[]): void {
		if (byte === 0 && begun.length >= PREFIX_BYTES) cut(frames);
		begun.push(byte);
		if (begun.length === PREFIX_BYTES) {
			const [first = 0, second = 0, third = 0, fourth = 0] = begun;
			const length = third * 256 + fourth;
			if (first === 0 && second === 0 && length > 0) wanted = PREFIX_BYTES + length;
		}
		if (begun.length >= Math.min(wanted, PREFIX_BYTES + XML_BYTES_MAX)) cut(frames);
	}

	function cut(frames: Uint8Array[]): void {
		frames.push(Uint8Array.from(begun));
		begun = [];
		wanted = Number.POSITIVE_INFINITY;
	}

	return {
		push(bytes) {
			const frames: Uint8Array[] = [];
			for (const byte of bytes) take(byte, frames);
			return frames;
		},
		discard() {
			const hadBegun = begun.length > 0;
			begun = [];
			wanted = Number.POSITIVE_INFINITY;
			return hadBegun;
		},
	};
}
