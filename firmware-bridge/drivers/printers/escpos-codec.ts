import type { Splitter } from "../exchange.ts";

/** ESC/POS, what goes to the printer beside the receipt itself, and everything that comes back. */

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

export type StatusPage = 1 | 2 | 3 | 4;

/** DLE EOT n: answered at once, off line or with a full buffer too. */
export const askStatus = (page: StatusPage): Uint8Array => bytes(0x10, 0x04, page);
/** GS a: status back by itself, for drawer, on-line, errors and paper. */
export const ENABLE_STATUS_BACK = bytes(0x1d, 0x61, 0x0f);
/** DLE ENQ 1: go on after an error, from the line where it happened. */
export const RECOVER = bytes(0x10, 0x05, 0x01);
/** GS r 1: paper status, answered in its turn, so after everything before it was processed. */
export const ASK_PAPER = bytes(0x1d, 0x72, 0x01);
/** Feed to the cutter and cut, leaving a point. */
export const FEED_AND_CUT = bytes(0x1d, 0x56, 0x42, 0x00);
export const INITIALISE = bytes(0x1b, 0x40);

/** GS ( H fn 48: answered with the same four characters when everything before it has been printed. */
export function askProcessId(id: string): Uint8Array {
	return bytes(0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...Buffer.from(id, "ascii"));
}

/** GS I n, form B: answered by a block with header 5F where the model knows it. */
export const identityParts = { firmware: 65, maker: 66, name: 67, serialNumber: 68 } as const;
export type IdentityPart = keyof typeof identityParts;
export const askIdentity = (part: IdentityPart): Uint8Array => bytes(0x1d, 0x49, identityParts[part]);
export const IDENTITY_HEADER = 0x5f;

/** ESC p: 50 ms on, 500 ms off, in its turn. */
export const pulseDrawer = (pin: 2 | 5): Uint8Array => bytes(0x1b, 0x70, pin === 2 ? 0 : 1, 0x19, 0xfa);
/** DLE DC4 1: 200 ms, at once, off line too. */
export const pulseDrawerNow = (pin: 2 | 5): Uint8Array => bytes(0x10, 0x14, 0x01, pin === 2 ? 0 : 1, 0x02);

/** What the printer says about itself; a field is there only where the answer spoke of it. */
export type PrinterStatus = {
	isOffline?: boolean;
	isCoverOpen?: boolean;
	isFeeding?: boolean;
	isPaperOut?: boolean;
	isPaperNearEnd?: boolean;
	hasCutterError?: boolean;
	hasFatalError?: boolean;
	hasPassingError?: boolean;
	isDrawerPinHigh?: boolean;
};

export type Answer =
	/** GS a, four bytes, of itself. */
	| { kind: "status-back"; status: PrinterStatus }
	/** DLE EOT n: which page it is, only the order of asking tells. */
	| { kind: "status"; byte: number }
	/** GS r 1. */
	| { kind: "paper"; byte: number }
	/** Header 37, 5F or 53 up to a NUL. */
	| { kind: "block"; header: number; text: string }
	| { kind: "flow"; isReady: boolean }
	| { kind: "garbled"; hex: string };

export function decodeStatus(page: StatusPage, byte: number): PrinterStatus {
	const has = (mask: number): boolean => (byte & mask) !== 0;
	if (page === 1) return { isDrawerPinHigh: has(0x04), isOffline: has(0x08) };
	// Bit 5, stopped by paper end, can only say that paper is out: page 4 knows when it is back.
	if (page === 2) return { isCoverOpen: has(0x04), isFeeding: has(0x08), ...(has(0x20) ? { isPaperOut: true } : {}) };
	if (page === 3)
		return { hasCutterError: has(0x08), hasFatalError: has(0x20), hasPassingError: has(0x40) || has(0x04) };
	return { isPaperNearEnd: has(0x0c), isPaperOut: has(0x60) };
}

export function decodeStatusBack([first = 0, second = 0, third = 0]: readonly number[]): PrinterStatus {
	return {
		isDrawerPinHigh: (first & 0x04) !== 0,
		isOffline: (first & 0x08) !== 0,
		isCoverOpen: (first & 0x20) !== 0,
		isFeeding: (first & 0x40) !== 0,
		hasCutterError: (second & 0x08) !== 0,
		hasFatalError: (second & 0x20) !== 0,
		hasPassingError: (second & 0x44) !== 0,
		isPaperNearEnd: (third & 0x03) !== 0,
		isPaperOut: (third & 0x0c) !== 0,
	};
}

/** The process id of a GS ( H answer (37 22 d1 d2 d3 d4 00), or undefined for another block. */
export const processIdOf = (answer: Answer): string | undefined =>
	answer.kind === "block" && answer.header === 0x37 && answer.text.length === 5 && answer.text[0] === '"'
		? answer.text.slice(1)
		: undefined;

const BLOCK_BYTES_MAX = 96;

const isBlockHead = (byte: number): boolean => byte === 0x37 || byte === 0x5f || byte === 0x53;
const isStatusBackHead = (byte: number): boolean => (byte & 0x93) === 0x10;
/** What may stand behind the first byte of a status back. */
const isStatusBackRest = (byte: number): boolean => (byte & 0x90) === 0;

/** Reads one frame of those that `splitAnswers` cuts; any bytes at all become an answer, garbled ones among them. */
export function decodeAnswer(frame: Uint8Array): Answer {
	const [byte = 0, ...rest] = frame;
	if (isBlockHead(byte) && rest.length > 0 && rest.indexOf(0) === rest.length - 1) {
		return { kind: "block", header: byte, text: Buffer.from(rest.slice(0, -1)).toString("latin1") };
	}
	if (isStatusBackHead(byte) && rest.length === 3 && rest.every(isStatusBackRest)) {
		return { kind: "status-back", status: decodeStatusBack([byte, ...rest]) };
	}
	if (frame.length === 1) {
		if (byte === 0x11 || byte === 0x13) return { kind: "flow", isReady: byte === 0x11 };
		if ((byte & 0x93) === 0x12) return { kind: "status", byte };
		if ((byte & 0x90) === 0 && !isBlockHead(byte)) return { kind: "paper", byte };
	}
	return { kind: "garbled", hex: Buffer.from(frame).toString("hex") };
}

/** Takes the stream of everything that a printer says apart, by what an answer begins with. */
export function splitAnswers(): Splitter<Uint8Array> {
	let begun: number[] = [];
	/** Whether `begun` goes on with this byte; where it does not, it was cut off. */
	const goesOn = (byte: number): boolean => {
		const [head = 0] = begun;
		return isBlockHead(head) ? byte < 0x80 && begun.length < BLOCK_BYTES_MAX : isStatusBackRest(byte);
	};
	const isWhole = (): boolean => {
		const [head = 0] = begun;
		if (isBlockHead(head)) return begun.length > 1 && begun.at(-1) === 0;
		return isStatusBackHead(head) ? begun.length === 4 : true;
	};
	return {
		push(bytes) {
			const frames: Uint8Array[] = [];
			for (const byte of bytes) {
				if (begun.length > 0 && !goesOn(byte)) {
					frames.push(Uint8Array.from(begun));
					begun = [];
				}
				begun.push(byte);
				if (!isWhole()) continue;
				frames.push(Uint8Array.from(begun));
				begun = [];
			}
			return frames;
		},
		discard() {
			const hadBegun = begun.length > 0;
			begun = [];
			return hadBegun;
		},
	};
}
