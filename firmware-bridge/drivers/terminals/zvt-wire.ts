import type { Direction } from "../../links/link.ts";
import type { Splitter } from "../exchange.ts";
import { type Wire, WireError } from "../wire.ts";
import { starLongNumbers } from "./card-numbers.ts";
import { type Apdu, decodeApdu, splitApdus } from "./zvt-apdu.ts";
import { ACK, decodeBlock, isBlock, NAK, splitBlocks } from "./zvt-block.ts";
import { decodeBmps } from "./zvt-bmp.ts";
import { command } from "./zvt-commands.ts";
import { explainFields } from "./zvt-explain.ts";
import { fieldsStart, maskFrame } from "./zvt-mask.ts";
import { decodePrintLine, decodeTextBlock, type PrintLine } from "./zvt-printing.ts";
import { decodeProgress, progressOf } from "./zvt-progress.ts";
import { resultOf } from "./zvt-results.ts";
import { decodeTerminalStatus, wordsOf } from "./zvt-terminal-status.ts";

const fromTerminal = new Map<number, string>([
	[command.setTime, "set time in the register"],
	[0x040d, "input request"],
	[0x040e, "menu request"],
	[command.statusInformation, "status information"],
	[command.progress, "intermediate status"],
	[command.completion, "completion"],
	[command.abortByTerminal, "abort"],
	[command.printLine, "print line"],
	[command.printTextBlock, "print text block"],
	[0x06d8, "dial-up"],
	[0x06d9, "dial-up"],
	[0x06da, "dial-up"],
	[0x06db, "dial-up"],
	[0x06e4, "blocked list"],
]);

const fromRegister = new Map<number, string>([
	[command.statusEnquiry, "status enquiry"],
	[command.registration, "registration"],
	[command.authorisation, "authorisation"],
	[0x0602, "log-off"],
	[command.turnoverTotals, "send turnover totals"],
	[0x0612, "print turnover receipts"],
	[command.repeatReceipt, "repeat receipt"],
	[command.reversal, "reversal"],
	[command.refund, "refund"],
	[command.endOfDay, "end of day"],
	[0x0670, "diagnosis"],
	[0x0691, "set date and time in the terminal"],
	[0x0693, "initialisation"],
	[command.abort, "abort by the register"],
]);

const DLE = 0x10;
const STX = 0x02;

/**
 * Whether a stream that begins so is in serial blocks; undefined while it can't be told. An ACK and the class of most
 * messages are the same byte 06, and no message goes on with 06, 15, or 10 02.
 */
function isInBlocks(begun: readonly number[]): boolean | undefined {
	const [first, second, third] = begun;
	if (first === undefined) return undefined;
	if (first !== ACK) return first === DLE || first === NAK;
	if (second === undefined) return undefined;
	if (second !== DLE) return second === ACK || second === NAK;
	return third === undefined ? undefined : third === STX;
}

/** Cuts TCP's messages or the serial line's blocks, whichever the stream begins with. */
function splitEither(): Splitter<Uint8Array> {
	let begun: number[] = [];
	let splitter: Splitter<Uint8Array> | undefined;
	return {
		push(bytes) {
			if (splitter) return splitter.push(bytes);
			begun.push(...bytes);
			const blocks = isInBlocks(begun);
			if (blocks === undefined) return [];
			splitter = blocks ? splitBlocks() : splitApdus();
			const held = Uint8Array.from(begun);
			begun = [];
			return splitter.push(held);
		},
		discard() {
			const hadBegun = begun.length > 0;
			begun = [];
			return splitter?.discard() || hadBegun;
		},
	};
}

function explain(frame: Uint8Array, direction: Direction): Record<string, unknown> {
	if (frame.length === 1 && frame[0] === ACK) return { block: "ACK" };
	if (frame.length === 1 && frame[0] === NAK) return { block: "NAK" };
	if (!isBlock(frame)) return explainMessage(decodeApdu(frame), direction);
	const block = decodeBlock(frame);
	return { block: "sound", ...(block.kind === "message" ? explainMessage(decodeApdu(block.message), direction) : {}) };
}

function explainMessage(message: Apdu, direction: Direction): Record<string, unknown> {
	const { command: head, data } = message;
	const code = head.toString(16).toUpperCase().padStart(4, "0");
	const title = { message: `${code.slice(0, 2)} ${code.slice(2)}` };
	if (head >> 8 === 0x84) return { ...title, name: "negative answer", ...resultWords(head & 0xff) };
	if (head === command.positive) return { ...title, name: "positive answer", ...explainFields(data) };
	const name = (direction === "in" ? fromTerminal : fromRegister).get(head);
	if (!name)
		throw new WireError(`${title.message} is no message of ${direction === "in" ? "a terminal" : "a register"}`);
	return { ...title, name, ...contentOf(message, data) };
}

function contentOf({ command: head }: Apdu, data: Uint8Array): Record<string, unknown> {
	switch (head) {
		case command.progress: {
			const { status, minutes, words } = decodeProgress(data);
			const about = progressOf(status)?.en;
			const own = words === undefined ? {} : { words: starLongNumbers(words) };
			return { status: hex2(status), ...(about ? { says: about } : {}), ...(minutes ? { minutes } : {}), ...own };
		}
		case command.abortByTerminal:
			return data[0] === undefined ? {} : { ...resultWords(data[0]), ...explainFields(data.subarray(1)) };
		case command.printLine:
			return { lines: decodePrintLine(data).map(lineWords) };
		case command.printTextBlock: {
			const { kind, lines } = decodeTextBlock(data);
			return { ...(kind ? { receipt: kind } : {}), lines: lines.map(lineWords) };
		}
		case command.completion:
			return explainCompletion(data);
		default:
			return explainRequest(head, data);
	}
}

/** The end of a status enquiry has a form of its own, and nothing says which it is but that fields do not fit. */
function explainCompletion(data: Uint8Array): Record<string, unknown> {
	if (data.length === 0 || decodeBmps(data).unread.length === 0) return explainFields(data);
	const { status, version } = decodeTerminalStatus(data);
	const says = status === 0 ? "00 ready" : wordsOf(status);
	return { status: says, ...(version ? { version: starLongNumbers(version) } : {}) };
}

function explainRequest(head: number, data: Uint8Array): Record<string, unknown> {
	const { start, hasPassword } = fieldsStart(head, data);
	const config = head === command.registration && data[3] !== undefined ? { config: hex2(data[3]) } : {};
	const currency = head === command.registration && start === 6 ? { currency: hexDigits(data.subarray(4, 6)) } : {};
	const password = hasPassword ? { password: "hidden" } : {};
	return { ...password, ...config, ...currency, ...explainFields(data.subarray(start)) };
}

const lineWords = ({ text, isLast }: PrintLine): string => `${starLongNumbers(text)}${isLast ? " ✂" : ""}`;
const hex2 = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");
const hexDigits = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const resultWords = (code: number): { result: string } => ({
	result: code === 0 ? "00 positive" : `${hex2(code)} ${resultOf(code).en}`,
});

export const zvtWire: Wire = { frames: splitEither, explain, mask: maskFrame };
