import { starLongNumbers } from "./card-numbers.ts";
import { decodeText } from "./cp437.ts";
import { type Bmp, decodeBmps, nameOfBmp, TLV_CONTAINER } from "./zvt-bmp.ts";
import { decodeAmount, decodeDigits, hexOf } from "./zvt-digits.ts";
import { resultOf } from "./zvt-results.ts";
import { decodeTlvs, type Tlv, tag } from "./zvt-tlv.ts";

/** Fields of a message for people, without anything of a card but its last four digits. */

const AMOUNT = 0x04;
const RESULT = 0x27;
const CARD_NUMBER = 0x22;
/** Tracks, chip data, check value and password. */
const DROPPED = new Set([0x23, 0x24, 0x2d, 0x2e, 0x3a, 0x3d, 0x9a, 0xa7, 0xaf]);
const DIGITS = new Set([0x0b, 0x0c, 0x0d, 0x0e, 0x17, 0x29, 0x37, 0x49, 0x87, 0x88, 0xaa]);
const TEXT = new Set([0x2a, 0x3b, 0x3c, 0x8b, 0xd1]);
for (let line = 0xe1; line <= 0xe8; line++) TEXT.add(line).add(line + 0x10);

const objectNames: Readonly<Record<number, string>> = {
	[tag.text]: "text",
	[tag.attribute]: "attribute",
	[tag.command]: "command",
	[tag.printerWidth]: "printer width",
	[tag.characterSet]: "character set",
	[tag.apduLength]: "longest message",
	[tag.display]: "display text",
	[tag.lines]: "lines",
	[tag.commands]: "permitted commands",
	[tag.paymentType]: "kind of payment",
	[tag.cardholderVerification]: "cardholder verification",
	[tag.cardTechnology]: "card technology",
	[tag.application]: "application",
	[tag.applicationId]: "application id",
	[tag.applicationName]: "application name",
	[tag.receiptType]: "receipt type",
	[tag.transactionId]: "transaction id",
	[tag.longTrace]: "trace",
};
const TEXT_OBJECTS = new Set<number>([tag.text, tag.applicationName]);
const SHOWN_OBJECTS = new Set<number>([tag.applicationId, tag.transactionId, tag.longTrace]);
/** As many bytes as hold a card number, at two digits each. */
const CARD_NUMBER_BYTES = 7;

export function explainFields(data: Uint8Array): Record<string, unknown> {
	const { fields, unread } = decodeBmps(data);
	const rest =
		unread.length > 0 ? { unread: `${unread.length} bytes from an unknown field ${hex2(unread[0] ?? 0)}` } : {};
	return { ...(fields.length > 0 ? { fields: fields.map(explainField) } : {}), ...rest };
}

function explainField(field: Bmp): Record<string, unknown> {
	return { bmp: hex2(field.tag), name: nameOfBmp(field.tag), value: valueWords(field) };
}

function valueWords({ tag: number, value }: Bmp): unknown {
	if (DROPPED.has(number)) return "hidden";
	if (number === CARD_NUMBER) return cardWords(value);
	if (number === AMOUNT) return decodeAmount(value) ?? "no amount";
	if (number === RESULT) return value[0] === 0 ? "00 approved" : `${hexOf(value)} ${resultOf(value[0] ?? 0).en}`;
	if (number === TLV_CONTAINER) return explainObjects(value);
	if (TEXT.has(number)) return starLongNumbers(decodeText(value).trimEnd());
	return DIGITS.has(number) ? (decodeDigits(value) ?? hexOf(value)) : shortHex(value);
}

function cardWords(value: Uint8Array): string {
	const last = /(\d{4})f*$/.exec(hexOf(value).split("d")[0] ?? "")?.[1];
	return last ? `************${last}` : "hidden";
}

function explainObjects(data: Uint8Array): Record<string, unknown>[] {
	const { objects, unread } = decodeTlvs(data);
	return [...objects.map(explainObject), ...(unread.length > 0 ? [{ unread: `${unread.length} bytes` }] : [])];
}

function explainObject({ tag: number, value, children }: Tlv): Record<string, unknown> {
	const head = { tag: number.toString(16).toUpperCase().padStart(2, "0"), name: objectNames[number] ?? "unknown" };
	if (children) return { ...head, objects: children.map(explainObject) };
	if (TEXT_OBJECTS.has(number)) return { ...head, value: starLongNumbers(decodeText(value)) };
	return { ...head, value: SHOWN_OBJECTS.has(number) ? hexOf(value) : shortHex(value) };
}

/** Anything long enough to hold a card number is only counted. */
const shortHex = (value: Uint8Array): string =>
	value.length < CARD_NUMBER_BYTES ? hexOf(value) : `${value.length} bytes`;
const hex2 = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");
