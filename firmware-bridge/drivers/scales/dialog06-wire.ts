import { type Wire, WireError } from "../wire.ts";
import { decodeAnswer, maskCheckSums, splitRecords } from "./dialog06-codec.ts";

type Field = "unitPrice" | "tareGrams" | "text" | "end";

const layouts = new Map<string, readonly Field[]>([
	["01", ["unitPrice", "end"]],
	["03", ["unitPrice", "tareGrams"]],
	["04", ["unitPrice", "text"]],
	["05", ["unitPrice", "tareGrams", "text"]],
]);
const shapes: Readonly<Record<Field, RegExp>> = {
	unitPrice: /^\d{5,6}$/,
	tareGrams: /^\d{4}$/,
	text: /^[ -~]{13}$/,
	end: /^$/,
};

/** What the register says, for people. Its EOT is a frame of its own: it begins a message, or answers an answer. */
function explainRequest(frame: Uint8Array): Record<string, unknown> {
	if (frame.length === 1 && frame[0] === 0x04) return { control: "EOT" };
	if (frame.length === 1 && frame[0] === 0x05) return { control: "ENQ", asks: "the result" };
	const isRecord = frame[0] === 0x02 && frame.at(-1) === 0x03;
	const [record = "", ...fields] = isRecord ? Buffer.from(frame.subarray(1, -1)).toString("latin1").split("\x1b") : [];
	if (record === "08" && fields.length === 0) return { record, asks: "why the scale said no" };
	if (record === "10" && fields.length === 1 && /^([0-9A-F]{8}|\*{8}){1,5}$/.test(fields[0] ?? "")) {
		return { record, gives: "check sums", pairs: (fields[0] ?? "").length / 8 };
	}
	const names = layouts.get(record);
	if (names?.length !== fields.length || !names.every((name, at) => shapes[name].test(fields[at] ?? ""))) {
		throw new WireError("no record of this protocol that a register sends");
	}
	const explained: Record<string, unknown> = { record };
	for (const [at, name] of names.entries()) {
		const value = fields[at] ?? "";
		if (name !== "end") explained[name] = name === "text" ? value.trimEnd() : Number(value);
	}
	return explained;
}

const statuses: Readonly<Record<string, string>> = {
	"00": "no error",
	"01": "general error",
	"02": "parity error or buffer overflow",
	"10": "invalid record number",
	"11": "invalid unit price",
	"12": "invalid tare value",
	"13": "invalid text",
	"20": "in motion",
	"21": "not in motion since the last operation: the same goods still lie on the plate",
	"22": "measurement not finished",
	"30": "below the minimum weight",
	"31": "below zero",
	"32": "overload",
};

/** A status of record 09 in words. */
export const statusWords = (code: string): string => `status ${code}, ${statuses[code] ?? "unknown"}`;

function explainAnswer(frame: Uint8Array): Record<string, unknown> {
	const answer = decodeAnswer(frame);
	switch (answer.kind) {
		case "ack":
			return { control: "ACK" };
		case "nak":
			return { control: "NAK" };
		case "result":
			return { record: "02", grams: answer.grams, unitPrice: answer.unitPrice, total: answer.total };
		case "status":
			return { record: "09", status: answer.code, means: statuses[answer.code] ?? "unknown" };
		case "challenge":
			return { record: "11", asks: "check sums", random: answer.random };
		case "verdict":
			return { record: "11", checkSumsAreValid: answer.isValid };
		case "unsuitable":
			return { record: "02", unsuitable: answer.detail };
		case "garbled":
			throw new WireError(answer.detail);
	}
}

export const dialog06Wire: Wire = {
	frames: splitRecords,
	explain: (frame, direction) => (direction === "in" ? explainAnswer(frame) : explainRequest(frame)),
	mask: maskCheckSums,
};
