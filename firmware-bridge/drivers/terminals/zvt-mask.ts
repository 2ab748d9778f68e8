import { starLongNumbers } from "./card-numbers.ts";
import { decodeApdu, encodeApdu } from "./zvt-apdu.ts";
import { ACK, decodeBlock, encodeBlock, NAK } from "./zvt-block.ts";
import { type Bmp, decodeBmps, encodeBmp, TLV_CONTAINER } from "./zvt-bmp.ts";
import { command } from "./zvt-commands.ts";
import { hexOf } from "./zvt-digits.ts";
import { decodeTlvs, encodeTlv, type Tlv, tag } from "./zvt-tlv.ts";

/**
 * Frames as the flight recorder may keep them (invariant 8): at the same length, without password, tracks and chip data,
 * and with a card number's last four digits at most, wherever it stands.
 */

/** Half a byte that stands for a hidden digit, as terminals themselves write it. */
const HIDDEN = "e";
const PASSWORD_BYTES = 3;
/** Fewer than hold a card number, at two digits each. */
const NOISE_BYTES = 7;
const CARD_NUMBER = 0x22;
/** Tracks, chip data, check value and password. */
const DROPPED = new Set([0x23, 0x24, 0x2d, 0x2e, 0x3a, 0x3d, 0x9a, 0xa7, 0xaf]);
/** Digits of fixed meaning, none of them a card's. */
const KEPT = new Set([0x04, 0x0b, 0x0c, 0x0d, 0x0e, 0x17, 0x27, 0x29, 0x37, 0x49, 0x60, 0x87, 0x88, 0xaa]);
/** EMV: track 2 and card number, in whatever object they come. */
const DROPPED_OBJECTS = new Set([0x56, 0x57, 0x5a, 0x9f6b]);
/** In these a digit is a byte: ordinary words are long runs of digits in hex. 46 and 47: what is printed of an EMV card. */
const TEXT_OBJECTS = new Set<number>([tag.text, tag.applicationName, 0x46, 0x47]);
const KEPT_OBJECTS = new Set<number>([tag.applicationId, tag.transactionId, tag.longTrace]);

/** Commands that begin with the password, and how many bytes follow it before the fields. */
const withPassword = new Map<number, number>([
	[command.registration, 3],
	[command.reversal, 0],
	[command.refund, 0],
	[command.endOfDay, 0],
	[command.turnoverTotals, 0],
	[command.repeatReceipt, 0],
	[command.statusEnquiry, 0],
	[0x0612, 0],
	[0x0691, 0],
	[0x0693, 0],
]);

/** How many bytes stand before the fields of a message, and whether a password is the first of them. */
export function fieldsStart(head: number, data: Uint8Array): { start: number; hasPassword: boolean } {
	if (head === command.abortByTerminal) return { start: 1, hasPassword: false };
	if (head === command.progress) return { start: data[1] === TLV_CONTAINER ? 1 : 2, hasPassword: false };
	const after = withPassword.get(head);
	if (after === undefined || data.length < PASSWORD_BYTES) return { start: 0, hasPassword: false };
	return { start: Math.min(data.length, PASSWORD_BYTES + after), hasPassword: true };
}

export function maskFrame(frame: Uint8Array): Uint8Array {
	if (frame.length === 1 && (frame[0] === ACK || frame[0] === NAK)) return frame;
	try {
		const block = decodeBlock(frame);
		if (block.kind === "message") return encodeBlock(maskMessage(block.message));
	} catch {
		// Not a sound block: a message of its own, or noise.
	}
	try {
		return maskMessage(frame);
	} catch {
		// Noise comes a byte at a time, each a frame of its own: together they could be what is hidden in one.
		return frame.length < NOISE_BYTES ? hideAll(frame) : hideDigits(hideInText(frame));
	}
}

/** Throws WireError where it is no message. */
function maskMessage(message: Uint8Array): Uint8Array {
	const { command: head, data } = decodeApdu(message);
	if (head === command.printLine) return encodeApdu(head, hideInText(data));
	const { start, hasPassword } = fieldsStart(head, data);
	const before = data.slice(0, start);
	if (hasPassword) before.fill(0xee, 0, PASSWORD_BYTES);
	const { fields, unread } = decodeBmps(data.subarray(start));
	const masked = fields.map(({ tag: number, value }) => encodeBmp(number, maskField({ tag: number, value })));
	// The end of a status enquiry is a version and a status, and no fields.
	if (head === command.completion && unread.length > 0) return encodeApdu(head, hideDigits(hideInText(data)));
	const whole = Uint8Array.from(Buffer.concat([before, ...masked, hideAll(unread)]));
	// A length that was written longer than it had to be would come out shorter: such a frame is hidden whole.
	return whole.length === data.length ? encodeApdu(head, whole) : encodeApdu(head, hideAll(data));
}

function maskField({ tag: number, value }: Bmp): Uint8Array {
	if (number === CARD_NUMBER) return hideCardNumber(value);
	if (DROPPED.has(number)) return hideAll(value);
	if (KEPT.has(number)) return value;
	if (number === TLV_CONTAINER) return maskObjects(value);
	return hideInText(value);
}

function maskObjects(data: Uint8Array): Uint8Array {
	const { objects, unread } = decodeTlvs(data);
	const whole = Buffer.concat([...objects.map(maskObject), hideAll(unread)]);
	return whole.length === data.length ? Uint8Array.from(whole) : hideAll(data);
}

function maskObject({ tag: number, value, children }: Tlv): Uint8Array {
	if (children) return encodeTlv(number, Uint8Array.from(Buffer.concat(children.map(maskObject))));
	if (DROPPED_OBJECTS.has(number)) return encodeTlv(number, hideAll(value));
	if (KEPT_OBJECTS.has(number)) return encodeTlv(number, value);
	const inText = hideInText(value);
	return encodeTlv(number, TEXT_OBJECTS.has(number) ? inText : hideDigits(inText));
}

const hideAll = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.length).fill(0xee);

/** The last four digits before what fills up the field; nothing of what follows the number on a stripe. */
function hideCardNumber(bytes: Uint8Array): Uint8Array {
	const hex = hexOf(bytes);
	const [, number = "", filling = ""] = /^([^df]*)(f*)$/.exec(hex) ?? [];
	const shown = number.length > 4 ? number.slice(-4) : "";
	return fromHex(shown.padStart(hex.length - filling.length, HIDDEN) + filling);
}

function hideInText(bytes: Uint8Array): Uint8Array {
	return Uint8Array.from(Buffer.from(starLongNumbers(Buffer.from(bytes).toString("latin1")), "latin1"));
}

/** Thirteen or more decimal half bytes in a row, however they are aligned. */
function hideDigits(bytes: Uint8Array): Uint8Array {
	return fromHex(hexOf(bytes).replaceAll(/\d{13,}/g, (run) => HIDDEN.repeat(run.length)));
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
