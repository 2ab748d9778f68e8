/**
 * Toledo 8217: single upper-case characters to the scale; back come STX, a text and CR. No check sum: parity is the
 * port's business, so a frame is taken whole and exactly as the protocol lays it out, or not at all.
 */
import type { Splitter } from "../exchange.ts";
import { splitWhen } from "../splitter.ts";

const STX = 0x02;
const CR = 0x0d;
/** The longest answer is STX, WW.WWWN and CR; this leaves room for the spaces some models put before it. */
const FRAME_BYTES_MAX = 16;

const ascii = (text: string): Uint8Array => Buffer.from(text, "ascii");

export const WEIGH = ascii("W");
export const ZERO = ascii("Z");
export const TARE = ascii("T\r");
export const CLEAR_TARE = ascii("C");
export const START_TEST = ascii("A");
export const TEST_RESULT = ascii("B");

/** Digital tare: five digits, implied kilograms with three decimals, so grams. */
export const encodeTare = (grams: number): Uint8Array => ascii(`T${String(grams).padStart(5, "0")}\r`);

export type Answer =
	| { kind: "weight"; grams: number; net: boolean; text: string }
	/** A status or test result: which of the two, only the question tells. */
	| { kind: "byte"; byte: number }
	| { kind: "test-started" }
	| { kind: "garbled"; detail: string };

/** Reads one frame, STX and CR included. Grams are taken digit by digit from the scale's own text. */
export function decodeAnswer(frame: Uint8Array): Answer {
	if (frame.some((byte) => byte > 0x7f)) {
		return garbled(frame, "bit 7 is set: are parity and data bits as the scale has them?");
	}
	if (frame[0] !== STX || frame.at(-1) !== CR || frame.indexOf(STX, 1) !== -1) return garbled(frame, "not STX … CR");
	const body = frame.subarray(1, -1);
	if (body.length === 0) return { kind: "test-started" };
	const text = Buffer.from(body).toString("latin1");
	const status = /^ *\?(.) *$/s.exec(text);
	if (status) return { kind: "byte", byte: status[1]?.charCodeAt(0) ?? 0 };
	const weight = /^ {0,4}(\d{1,3})\.(\d{3})(N?)$/.exec(text);
	if (weight) return { kind: "weight", grams: Number(`${weight[1]}${weight[2]}`), net: weight[3] === "N", text };
	if (/^ *\d+\.\d{2}N?$/.test(text)) return garbled(frame, "two decimals: the scale is set to pounds");
	return garbled(frame, "neither a weight nor a status");
}

const garbled = (frame: Uint8Array, why: string): Answer => ({
	kind: "garbled",
	detail: `${why} (${Buffer.from(frame).toString("hex")})`,
});

export type Status = {
	isMoving: boolean;
	isOverCapacity: boolean;
	isUnderZero: boolean;
	isOutsideZeroRange: boolean;
	isAtZero: boolean;
	/** True on many clones whatever they weigh: a 0 can be trusted, a 1 cannot. */
	mayBeNet: boolean;
};

/** The status byte after `?`, or undefined where its fixed bit 6 is missing. */
export function decodeStatus(byte: number): Status | undefined {
	if ((byte & 0xc0) !== 0x40) return undefined;
	return {
		isMoving: (byte & 0x01) !== 0,
		isOverCapacity: (byte & 0x02) !== 0,
		isUnderZero: (byte & 0x04) !== 0,
		isOutsideZeroRange: (byte & 0x08) !== 0,
		isAtZero: (byte & 0x10) !== 0,
		mayBeNet: (byte & 0x20) !== 0,
	};
}

/** The result of a confidence test, or undefined while there is none. */
export function decodeTestResult(byte: number): { failures: string[] } | undefined {
	if ((byte & 0x40) === 0) return undefined;
	const parts: [number, string][] = [
		[0x10, "ROM"],
		[0x08, "processor RAM"],
		[0x04, "RAM"],
		[0x02, "NOVRAM"],
	];
	return { failures: parts.filter(([bit]) => (byte & bit) !== 0).map(([, part]) => part) };
}

/** Cuts at CR. Whatever stands before an STX stays in its frame and so spoils it: noise may have hit digits too. */
export const splitAnswers = (): Splitter<Uint8Array> =>
	splitWhen((begun) => begun.at(-1) === CR || begun.length === FRAME_BYTES_MAX);

/** Cuts what the register asks: one character, but a tare goes on to its CR. */
export const splitQuestions = (): Splitter<Uint8Array> =>
	splitWhen((begun) => begun[0] !== 0x54 || begun.at(-1) === CR || begun.length === FRAME_BYTES_MAX);
