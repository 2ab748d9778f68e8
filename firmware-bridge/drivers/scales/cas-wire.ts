import { splitWhen } from "../splitter.ts";
import { type Wire, WireError } from "../wire.ts";
import { decodeAnswer, splitAnswers } from "./cas-codec.ts";

const requests = new Map([
	[0x05, { control: "ENQ", asks: "whether there is a weight" }],
	[0x11, { control: "DC1", asks: "the weight" }],
	[0x12, { control: "DC2", asks: "weight and prices" }],
]);

function explainRequest(frame: Uint8Array): Record<string, unknown> {
	const request = frame.length === 1 ? requests.get(frame[0] ?? 0) : undefined;
	if (!request) throw new WireError("no request of this protocol: ENQ, DC1 or DC2");
	return request;
}

function explainAnswer(frame: Uint8Array): Record<string, unknown> {
	const answer = decodeAnswer(frame);
	if (answer.kind === "garbled") throw new WireError(answer.detail);
	if (answer.kind === "ack" || answer.kind === "nak") return { control: answer.kind.toUpperCase() };
	if (answer.kind === "stable") return { state: "stable", weight: answer.text, grams: answer.grams };
	return answer.kind === "unsuitable" ? { unsuitable: answer.detail } : { state: answer.kind };
}

export const casWire: Wire = {
	frames: (direction) => (direction === "in" ? splitAnswers() : splitWhen(() => true)),
	explain: (frame, direction) => (direction === "in" ? explainAnswer(frame) : explainRequest(frame)),
};
