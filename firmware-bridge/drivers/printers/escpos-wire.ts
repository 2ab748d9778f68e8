import type { CodePage } from "../code-pages.ts";
import type { Splitter } from "../exchange.ts";
import { type Wire, WireError } from "../wire.ts";
import {
	type Answer,
	decodeAnswer,
	decodeStatus,
	IDENTITY_HEADER,
	type PrinterStatus,
	processIdOf,
	type StatusPage,
	splitAnswers,
} from "./escpos-codec.ts";
import { type Reading, readCommand } from "./escpos-commands.ts";

/** A frame to the printer is a few lines of a receipt, or one command that it acts upon or answers. */
const FRAME_BYTES = 200;
/** A picture's rows at most; what claims to be longer is no picture. */
const COMMAND_BYTES_MAX = 70_000;

export const escposWire: Wire = {
	frames: (direction) => (direction === "in" ? splitAnswers() : splitCommands()),
	explain: (frame, direction) => (direction === "in" ? explainAnswer(decodeAnswer(frame)) : explainCommands(frame)),
};

/** Cuts what goes to the printer between two commands, never within one. */
function splitCommands(): Splitter<Uint8Array> {
	let rest: Uint8Array = new Uint8Array();
	return {
		push(bytes) {
			const frames: Uint8Array[] = [];
			rest = Buffer.concat([rest, bytes]);
			let length = 0;
			const cut = (): void => {
				if (length > 0) frames.push(Uint8Array.from(rest.subarray(0, length)));
				rest = rest.subarray(length);
				length = 0;
			};
			while (length < rest.length) {
				const command = readCommand(rest.subarray(length), 858);
				if (!command) break;
				if (command.length > COMMAND_BYTES_MAX) {
					cut();
					length = rest.length;
					break;
				}
				if (length + command.length > rest.length) break;
				if (command.isDeed || length + command.length > FRAME_BYTES) cut();
				length += command.length;
				if (command.isDeed) cut();
			}
			cut();
			return frames;
		},
		discard() {
			const hadBegun = rest.length > 0;
			rest = new Uint8Array();
			return hadBegun;
		},
	};
}

function explainCommands(frame: Uint8Array): Record<string, unknown> {
	const commands: string[] = [];
	let page: CodePage = 858;
	for (let at = 0; at < frame.length; ) {
		const command: Reading | undefined = readCommand(frame.subarray(at), page);
		if (!command) {
			commands.push("cut off");
			break;
		}
		page = command.page ?? page;
		at += command.length;
		commands.push(at > frame.length ? `${command.words}, cut off` : command.words);
	}
	if (commands.length === 0) throw new WireError("no bytes");
	return { commands };
}

const PAGES: readonly StatusPage[] = [1, 2, 3, 4];

function explainAnswer(answer: Answer): Record<string, unknown> {
	if (answer.kind === "status-back") return { tellsByItself: factsOf(answer.status) };
	if (answer.kind === "status") {
		// The answers to the four questions look alike: only the order of asking tells them apart.
		return Object.fromEntries(PAGES.map((page) => [`ifAskedFor${page}`, factsOf(decodeStatus(page, answer.byte))]));
	}
	if (answer.kind === "paper" && isPaired(answer.byte))
		return { paperStatus: answer.byte.toString(16).padStart(2, "0") };
	if (answer.kind === "flow") return { flow: answer.isReady ? "XON" : "XOFF" };
	if (answer.kind === "block") {
		const id = processIdOf(answer);
		if (id !== undefined) return { printed: id };
		return { [answer.header === IDENTITY_HEADER ? "identity" : "block"]: answer.text.replace(/[^ -~]/g, ".") };
	}
	throw new WireError("no answer of an ESC/POS printer");
}

/** The sensors' bits come in pairs (GS r 1); a letter seldom looks like that. */
const isPaired = (byte: number): boolean => [0x03, 0x0c, 0x60].every((pair) => [0, pair].includes(byte & pair));

const facts: Record<keyof PrinterStatus, string> = {
	isOffline: "off line",
	isCoverOpen: "cover open",
	isFeeding: "feed button pressed",
	isPaperOut: "paper out",
	isPaperNearEnd: "paper near its end",
	hasCutterError: "cutter stuck",
	hasFatalError: "error that only the power switch mends",
	hasPassingError: "passing error",
	isDrawerPinHigh: "drawer pin high",
};

/** What is so, in words; nothing where all is well. */
const factsOf = (status: PrinterStatus): string[] =>
	(Object.keys(facts) as (keyof PrinterStatus)[]).filter((key) => status[key]).map((key) => facts[key]);
