import type { Splitter } from "../exchange.ts";
import { SCAN_BYTES_MAX } from "./scans.ts";

/** What a scanner is set to send behind a code. */
export type Suffix = "cr-lf" | "cr" | "lf" | "none";

const CR = 0x0d;
const LF = 0x0a;

/**
 * Cuts behind the suffix, which stays with its frame. Where there is none only silence ends a code: `end` takes it then.
 * A frame longer than any code comes out one byte too long, and what follows it up to a suffix or silence is dropped.
 */
export function splitScans(suffix: Suffix): Splitter<Uint8Array> & { end(): Uint8Array | undefined } {
	let begun: number[] = [];
	let isOverlong = false;
	const isEnd = (byte: number): boolean =>
		suffix === "cr-lf" ? byte === LF && begun.at(-2) === CR : byte === { cr: CR, lf: LF, none: -1 }[suffix];
	const take = (): Uint8Array | undefined => {
		const frame = isOverlong || begun.length === 0 ? undefined : Uint8Array.from(begun);
		begun = [];
		return frame;
	};
	return {
		push(bytes) {
			const frames: Uint8Array[] = [];
			for (const byte of bytes) {
				begun.push(byte);
				const hasEnded = isEnd(byte);
				if (!hasEnded && begun.length <= SCAN_BYTES_MAX) continue;
				const frame = take();
				if (frame) frames.push(frame);
				isOverlong = !hasEnded;
			}
			return frames;
		},
		end() {
			const frame = take();
			isOverlong = false;
			return frame;
		},
		discard() {
			return this.end() !== undefined;
		},
	};
}

/**
 * The text of a frame, without line ends around it: a scanner that sends CR LF where CR was set begins its next code
 * with a LF. Control characters inside are data, GS first of all. Undefined where the frame is too long for a code.
 */
export function decodeScan(frame: Uint8Array): string | undefined {
	if (frame.length > SCAN_BYTES_MAX) return undefined;
	return textOf(frame).replace(/^[\r\n]+|[\r\n]+$/g, "");
}

export const encodeScan = (text: string, suffix: Suffix): Uint8Array =>
	Buffer.from(text + { "cr-lf": "\r\n", cr: "\r", lf: "\n", none: "" }[suffix]);

/** UTF-8 as newer scanners send it, or Latin-1, in which any byte is a letter. */
export function textOf(bytes: Uint8Array): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return Buffer.from(bytes).toString("latin1");
	}
}
