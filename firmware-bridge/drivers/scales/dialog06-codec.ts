/**
 * Checkout-Dialogue 06. A record is `STX number ESC field ESC … ETX`; the register puts EOT before each of its own, and
 * the scale may also say ACK or NAK. There is no check character: parity is the port's business, so a record is taken whole
 * and exactly as the protocol lays it out, or not at all.
 */
import type { Splitter } from "../exchange.ts";
import { splitWhen } from "../splitter.ts";

const [STX, ETX, ACK, NAK] = [0x02, 0x03, 0x06, 0x15] as const;
const ESC = "\x1b";
/** The longest record is the register's 10 with five pairs of check sums: 45 bytes. */
const RECORD_BYTES_MAX = 48;
const TEXT_LENGTH = 13;

export const EOT = Uint8Array.of(0x04);
/** Asks for the result of the weighing, or the verdict on check sums. */
export const REQUEST_RESULT = Uint8Array.of(0x04, 0x05);

const record = (number: string, ...fields: string[]): Uint8Array =>
	Buffer.from(`\x04\x02${[number, ...fields].join(ESC)}\x03`, "ascii");

/** Asks why the scale said NAK. */
export const REQUEST_STATUS = record("08");

/** Cents per kilogram, grams, and words for the scale's display. */
export type Order = { unitPrice: number; tareGrams?: number; text?: string };

/** Record 01, 03, 04 or 05, whichever has the fields. Throws a RangeError where a number has no room in its field. */
export function encodeOrder({ unitPrice, tareGrams, text }: Order, priceDigits: 5 | 6): Uint8Array {
	const price = field(unitPrice, priceDigits);
	const tare = tareGrams === undefined ? undefined : field(tareGrams, 4);
	const words = text === undefined ? undefined : displayText(text);
	if (tare !== undefined && words !== undefined) return record("05", price, tare, words);
	if (tare !== undefined) return record("03", price, tare);
	if (words !== undefined) return record("04", price, words);
	return record("01", price, "");
}

function field(value: number, digits: number): string {
	if (!Number.isInteger(value) || value < 0 || value >= 10 ** digits) {
		throw new RangeError(`${value} has no room in ${digits} digits`);
	}
	return String(value).padStart(digits, "0");
}

/** Seven bits only: letters lose their accent, the rest becomes `?`; a control character would end the record. */
const displayText = (text: string): string =>
	text
		.normalize("NFKD")
		.replace(/\p{M}/gu, "")
		.replace(/[^ -~]/gu, "?")
		.slice(0, TEXT_LENGTH)
		.padEnd(TEXT_LENGTH, " ");

/** Record 10: check sums and their remainders, in hex, as they were turned by the scale's random number. */
export const encodeCheckSums = (turned: string): Uint8Array => record("10", turned);

export type Answer =
	| { kind: "ack" }
	| { kind: "nak" }
	/** Record 02. Grams and cents, all of it the scale's own. */
	| { kind: "result"; grams: number; unitPrice: number; total: number; text: string }
	/** Record 09. */
	| { kind: "status"; code: string }
	/** Record 11: check sums are wanted, turned by this byte, or were judged. */
	| { kind: "challenge"; random: number }
	| { kind: "verdict"; isValid: boolean }
	| { kind: "unsuitable"; detail: string }
	| { kind: "garbled"; detail: string };

/** Reads one answer of the scale, STX and ETX included. Digits are read as they stand; nothing is computed. */
export function decodeAnswer(frame: Uint8Array): Answer {
	if (frame.some((byte) => byte > 0x7f)) {
		return garbled(frame, "bit 7 is set: are parity and data bits as the scale has them?");
	}
	if (frame.length === 1 && frame[0] === ACK) return { kind: "ack" };
	if (frame.length === 1 && frame[0] === NAK) return { kind: "nak" };
	if (frame[0] !== STX || frame.at(-1) !== ETX) return garbled(frame, "neither ACK, NAK nor STX … ETX");
	const [number, ...fields] = Buffer.from(frame.subarray(1, -1)).toString("ascii").split(ESC);
	const [first = "", weight = "", price = "", total = ""] = fields;
	if (number === "02" && fields.length === 4 && /^[0-3]$/.test(first)) {
		if (!/^\d{5}$/.test(weight) || !/^\d{5,6}$/.test(price) || !/^\d{6}$/.test(total)) {
			return garbled(frame, "a result with a field that is no number");
		}
		if (first !== "3") return { kind: "unsuitable", detail: "the scale weighs in pounds, not in kg" };
		const text = fields.slice(1).join(" ");
		return { kind: "result", grams: Number(weight), unitPrice: Number(price), total: Number(total), text };
	}
	if (number === "09" && fields.length === 1 && /^\d{2}$/.test(first)) return { kind: "status", code: first };
	if (number === "11" && fields.length === 1 && /^[01]$/.test(first))
		return { kind: "verdict", isValid: first === "1" };
	if (number === "11" && fields.length === 1 && /^2[0-9A-F]{2}$/.test(first)) {
		return { kind: "challenge", random: Number.parseInt(first.slice(1), 16) };
	}
	return garbled(frame, "no record of this protocol");
}

// What was read may be our own record 10, where an adapter echoes.
const garbled = (frame: Uint8Array, why: string): Answer => ({
	kind: "garbled",
	detail: `${why} (${Buffer.from(maskCheckSums(frame)).toString("hex")})`,
});

/** A record 10 without what it carries: of check sums and remainders, pairs enough would give the generator away. */
export function maskCheckSums(frame: Uint8Array): Uint8Array {
	if (frame[0] !== STX || frame[1] !== 0x31 || frame[2] !== 0x30) return frame;
	return frame.map((byte, index) => (index < 4 || byte === ETX ? byte : 0x2a));
}

/** Cuts at ETX, in either direction. What stands before an STX comes out byte by byte: noise makes one answer several. */
export const splitRecords = (): Splitter<Uint8Array> =>
	splitWhen((begun) => begun[0] !== STX || begun.at(-1) === ETX || begun.length === RECORD_BYTES_MAX);
