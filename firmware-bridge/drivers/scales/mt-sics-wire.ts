import { type Wire, WireError } from "../wire.ts";
import { decodeAnswer, splitLines } from "./mt-sics-codec.ts";

const commands: Readonly<Record<string, string>> = {
	"@": "reset",
	S: "the weight, once it is still",
	SI: "the weight now",
	SIR: "the weight now, over and over",
	SR: "the weight whenever it changes",
	Z: "zero, once it is still",
	ZI: "zero now",
	T: "tare, once it is still",
	TI: "tare now",
	TA: "the tare value",
	TAC: "clear the tare",
	I0: "all commands",
	I1: "level and versions of the protocol",
	I2: "model and capacity",
	I3: "software version",
	I4: "serial number",
};

function explainCommand(frame: Uint8Array): Record<string, unknown> {
	const text = Buffer.from(frame).toString("latin1");
	const [, command = "", parameters] = /^(\S+)(?: ([ -~]+))?\r\n$/.exec(text) ?? [];
	if (!Object.hasOwn(commands, command)) throw new WireError("no command that is known here, with CR LF behind it");
	return { command, asks: commands[command], ...(parameters ? { parameters } : {}) };
}

const words = {
	A: "done",
	I: "not possible now",
	L: "out of range",
	"+": "above what can be weighed",
	"-": "below what can be weighed",
} as const;
const errors = { ES: "not understood", ET: "garbled on its way", EL: "not possible" } as const;

function explainAnswer(frame: Uint8Array): Record<string, unknown> {
	const answer = decodeAnswer(frame);
	switch (answer.kind) {
		case "value": {
			const grams = answer.isNegative ? -answer.grams : answer.grams;
			const state = { S: "stable", D: "moving", A: "set" }[answer.status];
			return { answers: answer.id, state, value: answer.text, grams };
		}
		case "text":
			return { answers: answer.id, text: answer.text };
		case "word":
			return { answers: answer.id, says: words[answer.word] };
		case "error":
			return { error: answer.code, means: errors[answer.code] };
		case "unsuitable":
			return { unsuitable: answer.detail };
		case "garbled":
			throw new WireError(answer.detail);
	}
}

export const mtSicsWire: Wire = {
	frames: splitLines,
	explain: (frame, direction) => (direction === "in" ? explainAnswer(frame) : explainCommand(frame)),
};
