import { type Wire, WireError } from "../wire.ts";
import { decodeAnswer, type Status, splitAnswers, splitCommands } from "./nci-codec.ts";

const commands = new Map([
	["W\r", "the weight"],
	["S\r", "the status"],
	["Z\r", "zero"],
	["H\r", "the weight in tenths of its steps"],
	["U\r", "another unit"],
	["M\r", "the counts of its converter"],
]);

function explainCommand(frame: Uint8Array): Record<string, unknown> {
	const text = Buffer.from(frame).toString("latin1");
	const asks = commands.get(text);
	if (asks === undefined) throw new WireError("no command of this protocol: W, S, Z, H, U or M, and CR");
	return { command: text.trimEnd(), asks };
}

function explainAnswer(frame: Uint8Array): Record<string, unknown> {
	const answer = decodeAnswer(frame);
	switch (answer.kind) {
		case "weight":
			return { weight: answer.text, grams: answer.grams, status: facts(answer.status) };
		case "status":
			return { status: facts(answer.status) };
		case "not-understood":
			return { error: "the scale does not know the command" };
		case "unsuitable":
			return { unsuitable: answer.detail };
		case "garbled":
			throw new WireError(answer.detail);
	}
}

/** What a status says, in words; nothing where all is well. */
export const facts = (status: Status): string[] => [
	...(status.isMoving ? ["in motion"] : []),
	...(status.isAtZero ? ["at zero"] : []),
	...(status.isUnderZero ? ["under zero"] : []),
	...(status.isOverCapacity ? ["over capacity"] : []),
	...(status.hasNoZero ? ["without a zero"] : []),
	...(status.isNet ? ["net"] : []),
	...status.defects.map((part) => `${part} defective`),
];

export const nciWire: Wire = {
	frames: (direction) => (direction === "in" ? splitAnswers() : splitCommands()),
	explain: (frame, direction) => (direction === "in" ? explainAnswer(frame) : explainCommand(frame)),
};
