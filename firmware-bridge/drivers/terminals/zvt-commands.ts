import { encodeApdu } from "./zvt-apdu.ts";
import { encodeBmp, TLV_CONTAINER } from "./zvt-bmp.ts";
import { encodeAmount, encodeDigits } from "./zvt-digits.ts";
import { encodeTlv, tag } from "./zvt-tlv.ts";

/** Sheet, sections 3 and 4: class and instruction of the messages that the hub sends or takes. */
export const command = {
	setTime: 0x0401,
	statusInformation: 0x040f,
	progress: 0x04ff,
	statusEnquiry: 0x0501,
	registration: 0x0600,
	authorisation: 0x0601,
	completion: 0x060f,
	turnoverTotals: 0x0610,
	abortByTerminal: 0x061e,
	repeatReceipt: 0x0620,
	reversal: 0x0630,
	refund: 0x0631,
	endOfDay: 0x0650,
	abort: 0x06b0,
	printLine: 0x06d1,
	printTextBlock: 0x06d3,
	positive: 0x8000,
} as const;

const EURO = "0978";
const CP437 = 0xff;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

export const POSITIVE = encodeApdu(command.positive);
/** 84 and the code of why not. To a 04 0F it takes the payment back (sheet 4.2). */
export const encodeRefusal = (code: number): Uint8Array => encodeApdu(0x8400 | code);

/** Six digits. It passes the network in clear text: the sheet has nothing better. */
const encodePassword = (password: string): Uint8Array => encodeDigits(password, 3);

/** E1: euro, lines as wide as the receipt printer's, code page 437, text blocks, messages of at most 1 kB. */
export function encodeRegistration(settings: { password: string; config: string; columns: number }): Uint8Array {
	const objects = joined(
		encodeTlv(tag.printerWidth, encodeDigits(String(settings.columns), 1)),
		encodeTlv(tag.characterSet, bytes(CP437)),
		encodeTlv(tag.apduLength, bytes(0x04, 0x00)),
		encodeTlv(tag.commands, encodeTlv(tag.command, bytes(0x06, 0xd3))),
	);
	const config = bytes(Number.parseInt(settings.config, 16));
	return encodeApdu(
		command.registration,
		joined(
			encodePassword(settings.password),
			config,
			encodeDigits(EURO, 2),
			encodeBmp(0x03, bytes(0)),
			encodeBmp(TLV_CONTAINER, objects),
		),
	);
}

/** `transactionId`: the last one that the terminal gave, in hex; empty where none is known; absent: not spoken of. */
export function encodeAuthorisation(cents: number, transactionId?: string): Uint8Array {
	return encodeApdu(command.authorisation, joined(amountInEuro(cents), mirrored(transactionId)));
}

export function encodeRefund(password: string, cents: number, transactionId?: string): Uint8Array {
	const data = joined(encodePassword(password), amountInEuro(cents), mirrored(transactionId));
	return encodeApdu(command.refund, data);
}

/** E5. */
export function encodeReversal(password: string, receiptNumber: string, transactionId?: string): Uint8Array {
	const receipt = encodeBmp(0x87, encodeDigits(receiptNumber, 2));
	return encodeApdu(command.reversal, joined(encodePassword(password), receipt, mirrored(transactionId)));
}

const amountInEuro = (cents: number): Uint8Array =>
	joined(encodeBmp(0x04, encodeAmount(cents)), encodeBmp(0x49, encodeDigits(EURO, 2)));

function mirrored(transactionId: string | undefined): Uint8Array {
	if (transactionId === undefined) return bytes();
	return encodeBmp(TLV_CONTAINER, encodeTlv(tag.transactionId, Uint8Array.from(Buffer.from(transactionId, "hex"))));
}

export const encodeEndOfDay = (password: string): Uint8Array => encodeApdu(command.endOfDay, encodePassword(password));

export const encodeTurnoverTotals = (password: string): Uint8Array =>
	encodeApdu(command.turnoverTotals, encodePassword(password));

/** Service byte of 06 20: the last transaction's status information, with or without its receipt. */
export const LAST_TRANSACTION = 0x03;
export const LAST_TRANSACTION_AND_RECEIPT = 0x01;
/** Service byte of 05 01: without, or with, the software version. */
export const STATUS_ONLY = 0x02;
export const STATUS_AND_VERSION = 0x00;

export const encodeRepeatReceipt = (password: string, service: number): Uint8Array =>
	encodeApdu(command.repeatReceipt, joined(encodePassword(password), encodeBmp(0x03, bytes(service))));

export const encodeStatusEnquiry = (password: string, service: number): Uint8Array =>
	encodeApdu(command.statusEnquiry, joined(encodePassword(password), encodeBmp(0x03, bytes(service))));

export const ABORT = encodeApdu(command.abort);
