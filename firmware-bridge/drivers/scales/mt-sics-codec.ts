/**
 * MT-SICS: commands and answers are lines of ASCII that end in CR LF. An answer names the command it belongs to, except
 * that a weight asked with SI comes as `S`. Columns are not relied on: words are split at spaces.
 */
import type { Splitter } from "../exchange.ts";
import { splitWhen } from "../splitter.ts";
import { wholeGrams } from "./grams.ts";

const LF = 0x0a;
const LINE_BYTES_MAX = 120;

const line = (text: string): Uint8Array => Buffer.from(`${text}\r\n`, "latin1");

export const WEIGH_NOW = line("SI");
export const ZERO = line("Z");
export const TARE = line("T");
export const TARE_VALUE = line("TA");
export const CLEAR_TARE = line("TAC");
export const MODEL = line("I2");
export const SOFTWARE = line("I3");
export const SERIAL_NUMBER = line("I4");

export type Unit = "kg" | "g";

/** A tare of whole grams in the unit that the scale weighs in, with a point before the grams where that is kilograms. */
export function encodeTare(grams: number, unit: Unit): Uint8Array {
	const digits = String(grams).padStart(4, "0");
	return line(unit === "g" ? `TA ${grams} g` : `TA ${digits.slice(0, -3)}.${digits.slice(-3)} kg`);
}

export type Answer =
	/** `S`: stable; `D`: in motion; `A`: a tare value that was asked for or set. */
	| {
			kind: "value";
			id: "S" | "T" | "TA";
			status: "S" | "D" | "A";
			grams: number;
			isNegative: boolean;
			unit: Unit;
			text: string;
	  }
	| { kind: "text"; id: "I2" | "I3" | "I4"; text: string }
	/** `A`: done; `I`: cannot now; `L`: parameter out of range; `+` and `-`: above or below what can be weighed. */
	| { kind: "word"; id: string; word: "A" | "I" | "L" | "+" | "-" }
	/** Syntax, transmission or logical error. */
	| { kind: "error"; code: "ES" | "ET" | "EL" }
	| { kind: "unsuitable"; detail: string }
	| { kind: "garbled"; detail: string };

/** Reads one line, CR LF included. */
export function decodeAnswer(frame: Uint8Array): Answer {
	const text = Buffer.from(frame).toString("latin1");
	if (!text.endsWith("\r\n")) return garbled(text, "a line without CR LF");
	const body = text.slice(0, -2);
	const error = /^E[STL]$/.exec(body)?.[0];
	if (error) return { kind: "error", code: error as "ES" | "ET" | "EL" };
	if (/^(S [I+-]|[ZT] [AI+-]|TA [IL]|TAC [AIL]|I[234] [IL])$/.test(body)) {
		const [id = "", word] = body.split(" ");
		return { kind: "word", id, word: word as "A" | "I" | "L" | "+" | "-" };
	}
	const quoted = /^(I[234]) A "([ -~\xa0-\xff]*)"$/.exec(body);
	if (quoted) return { kind: "text", id: quoted[1] as "I2" | "I3" | "I4", text: quoted[2] ?? "" };
	const value = /^(S [SD]|T S|TA A) +(-?)(\d+\.?\d*) +(\S{1,5}) *$/.exec(body);
	if (!value) return garbled(text, "no answer of this protocol");
	const [, heading = "", sign, digits = "", unit = ""] = value;
	const [id, status] = heading.split(" ") as ["S" | "T" | "TA", "S" | "D" | "A"];
	const exact = wholeGrams(digits, unit);
	if (!exact) return garbled(text, "no weight where one should be");
	if ("unsuitable" in exact) return { kind: "unsuitable", detail: exact.unsuitable };
	const isNegative = sign === "-";
	const { grams } = exact;
	return {
		kind: "value",
		id,
		status,
		grams,
		isNegative,
		unit: unit.toLowerCase() as Unit,
		text: `${sign}${digits} ${unit}`,
	};
}

const garbled = (text: string, why: string): Answer => ({
	kind: "garbled",
	detail: `${why} (${Buffer.from(text, "latin1").toString("hex")})`,
});

/** Cuts at LF, in either direction. */
export const splitLines = (): Splitter<Uint8Array> =>
	splitWhen((begun) => begun.at(-1) === LF || begun.length === LINE_BYTES_MAX);
