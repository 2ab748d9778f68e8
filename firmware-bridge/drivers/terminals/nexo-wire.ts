import type { Splitter } from "../exchange.ts";
import { type Wire, WireError } from "../wire.ts";
import { starLongNumbers } from "./card-numbers.ts";

const BODY_BYTES_MAX = 1_000_000;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What may hold a cardholder's data or the texts of a receipt: it is told that it was there. */
const LEFT_OUT =
	/^(PaymentReceipt|OutputContent|SensitiveCardData|ProtectedCardData|AdditionalResponse|SaleToAcquirerData)$/;

/** The recorder keeps the first part of a long frame: then as much is told as can still be read. */
const BEGINNING = /^\s*\{"SaleToPOI\w+":/;
const FIELD = /"(MessageCategory|MessageType|ServiceID|SaleID|POIID|Result|ErrorCondition)":"([^"]*)"/g;

const DEPTH_MAX = 32;

export const nexoWire: Wire = {
	frames: splitJson,
	explain: (frame) => {
		const value = jsonOf(frame);
		if (value !== undefined) return shownOf(value) as Record<string, unknown>;
		const text = Buffer.from(frame).toString("utf8");
		if (!BEGINNING.test(text)) throw new WireError("no JSON object");
		const fields = [...text.matchAll(FIELD)].map(([, name, word]) => [name, starLongNumbers(word as string)]);
		return { cutOffAfter: frame.length, ...Object.fromEntries(fields) };
	},
	mask: (frame) => {
		const value = jsonOf(frame);
		const text = value === undefined ? Buffer.from(frame).toString("latin1") : JSON.stringify(shownOf(value));
		return Buffer.from(starLongNumbers(text), value === undefined ? "latin1" : "utf8");
	},
};

function jsonOf(frame: Uint8Array): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(frame));
		return typeof value === "object" && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}

/** A message as it may be kept and shown: what is encrypted stays so, and only its size is told. */
function shownOf(value: unknown, name = "", depth = 0): unknown {
	if (name === "Hmac" || name === "Nonce" || depth > DEPTH_MAX) return "…";
	if (name === "NexoBlob" || LEFT_OUT.test(name)) return sizeOf(value);
	if (typeof value === "string") return starLongNumbers(value);
	if (Array.isArray(value)) return value.map((each) => shownOf(each, "", depth + 1));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [starLongNumbers(key), shownOf(inner, key, depth + 1)]),
	);
}

function sizeOf(value: unknown): string {
	if (typeof value !== "string") return "(left out)";
	// What the recorder kept has been through here before.
	return /^\((\d+ characters|left out)\)$/.test(value) ? value : `(${value.length} characters)`;
}

/** Cuts at the end of each JSON object; what is none comes out when the next begins, or grows too long. */
function splitJson(): Splitter<Uint8Array> {
	let begun: number[] = [];
	let depth = 0;
	let isInString = false;
	let isEscaped = false;

	function cut(frames: Uint8Array[]): void {
		if (begun.length > 0) frames.push(Uint8Array.from(begun));
		begun = [];
		depth = 0;
		isInString = false;
		isEscaped = false;
	}

	function take(byte: number, frames: Uint8Array[]): void {
		if (depth === 0 && byte === OPEN) cut(frames);
		begun.push(byte);
		if (isEscaped) isEscaped = false;
		else if (isInString && byte === BACKSLASH) isEscaped = true;
		else if (depth > 0 && byte === QUOTE) isInString = !isInString;
		else if (!isInString && byte === OPEN) depth++;
		else if (!isInString && byte === CLOSE && depth > 0 && --depth === 0) cut(frames);
		if (begun.length >= BODY_BYTES_MAX) cut(frames);
	}

	return {
		push(bytes) {
			const frames: Uint8Array[] = [];
			for (const byte of bytes) take(byte, frames);
			return frames;
		},
		discard() {
			const hadBegun = begun.length > 0;
			cut([]);
			return hadBegun;
		},
	};
}
