/**
 * NCI (Weigh-Tronix SCP-01, "ECR"): commands of one letter and CR. An answer is a weight with a status, or a status alone:
 * `LF xx.xxxKG CR LF S hh CR ETX`. Older scales leave out the `S`, and some fill the weight with one sign where it is none.
 */
import type { Splitter } from "../exchange.ts";
import { splitWhen } from "../splitter.ts";
import { wholeGrams } from "./grams.ts";

const CR = 0x0d;
const ETX = 0x03;
/** The longest answer has a weight and four status bytes: 18 bytes. */
const ANSWER_BYTES_MAX = 24;
const COMMAND_BYTES_MAX = 8;

export const WEIGH = Buffer.from("W\r", "ascii");
export const ZERO = Buffer.from("Z\r", "ascii");

export type Status = {
	isMoving: boolean;
	isAtZero: boolean;
	isUnderZero: boolean;
	isOverCapacity: boolean;
	/** It did not find its zero when it was switched on. */
	hasNoZero: boolean;
	/** False too where the scale leaves out the byte that would say so. */
	isNet: boolean;
	/** What the scale finds wrong with itself. */
	defects: string[];
};

export type Answer =
	| { kind: "weight"; grams: number; text: string; status: Status }
	| { kind: "status"; status: Status }
	/** The scale does not know the command. */
	| { kind: "not-understood" }
	| { kind: "unsuitable"; detail: string }
	| { kind: "garbled"; detail: string };

/** Reads one frame, LF and ETX included. */
export function decodeAnswer(frame: Uint8Array): Answer {
	if (frame.some((byte) => byte > 0x7f)) {
		return garbled(frame, "bit 7 is set: are parity and data bits as the scale has them?");
	}
	const text = Buffer.from(frame).toString("latin1");
	if (!text.endsWith("\r\x03")) return garbled(frame, "not LF … CR ETX");
	const body = text.slice(0, -2);
	if (body === "\n?") return { kind: "not-understood" };
	const parts = /^\n(?:(.{6})([A-Z]{2})?\r\n)?S?([^S\r\n].{1,3})$/.exec(body);
	if (!parts) return garbled(frame, "neither a weight nor a status");
	const [, weight, unit, characters = ""] = parts;
	const status = decodeStatus(characters);
	if (!status) return garbled(frame, "the fixed bits of the status are wrong");
	if (weight === undefined) return { kind: "status", status };
	// 67xx: a weight of one sign says what the status may leave open.
	if (weight === "^^^^^^") return { kind: "status", status: { ...status, isOverCapacity: true } };
	if (weight === "______") return { kind: "status", status: { ...status, isUnderZero: true } };
	if (weight === "------") return { kind: "status", status: { ...status, hasNoZero: true } };
	const exact = /^\d+\.\d+$/.test(weight) && unit !== undefined ? wholeGrams(weight, unit) : undefined;
	if (!exact) return garbled(frame, "no weight where one should be");
	if ("unsuitable" in exact) return { kind: "unsuitable", detail: exact.unsuitable };
	return { kind: "weight", grams: exact.grams, text: `${weight} ${unit}`, status };
}

/** Two to four bytes, each with bits 4 and 5 set; bit 6 says that another follows. Undefined where that does not hold. */
export function decodeStatus(characters: string): Status | undefined {
	if (!/^[0-?](?:[0-?]|[p-\x7f](?:[0-?]|[p-\x7f][0-?]))$/.test(characters)) return undefined;
	const [first = 0, second = 0, third = 0] = Buffer.from(characters, "latin1");
	const defects: [boolean, string][] = [
		[(first & 0x04) !== 0, "RAM"],
		[(first & 0x08) !== 0, "EEPROM"],
		[(second & 0x04) !== 0, "ROM"],
		[(second & 0x08) !== 0, "calibration"],
	];
	return {
		isMoving: (first & 0x01) !== 0,
		isAtZero: (first & 0x02) !== 0,
		isUnderZero: (second & 0x01) !== 0,
		isOverCapacity: (second & 0x02) !== 0,
		hasNoZero: (third & 0x08) !== 0,
		isNet: (third & 0x04) !== 0,
		defects: defects.filter(([isSet]) => isSet).map(([, part]) => part),
	};
}

const garbled = (frame: Uint8Array, why: string): Answer => ({
	kind: "garbled",
	detail: `${why} (${Buffer.from(frame).toString("hex")})`,
});

/** Cuts at ETX, with whatever parity: the decoder can then name a wrong one. Noise before the LF spoils its frame. */
export const splitAnswers = (): Splitter<Uint8Array> =>
	splitWhen((begun) => ((begun.at(-1) ?? 0) & 0x7f) === ETX || begun.length === ANSWER_BYTES_MAX);

export const splitCommands = (): Splitter<Uint8Array> =>
	splitWhen((begun) => begun.at(-1) === CR || begun.length === COMMAND_BYTES_MAX);
