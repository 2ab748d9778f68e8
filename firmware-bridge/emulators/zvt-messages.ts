import { apdu, ascii, bcd, lllvar, llvar, tlv } from "./zvt-bytes.ts";
import type { Transaction } from "./zvt-memory.ts";

/** Names of the sheet, sections 3 and 4. */
const names = new Map<number, string>([
	[0x0401, "04 01 set time"],
	[0x040f, "04 0F status information"],
	[0x04ff, "04 FF intermediate status"],
	[0x0501, "05 01 status enquiry"],
	[0x0600, "06 00 registration"],
	[0x0601, "06 01 authorisation"],
	[0x0602, "06 02 log-off"],
	[0x060f, "06 0F completion"],
	[0x0610, "06 10 turnover totals"],
	[0x061e, "06 1E abort"],
	[0x0620, "06 20 repeat receipt"],
	[0x0630, "06 30 reversal"],
	[0x0631, "06 31 refund"],
	[0x0650, "06 50 end of day"],
	[0x0670, "06 70 diagnosis"],
	[0x0691, "06 91 set date and time"],
	[0x0693, "06 93 initialisation"],
	[0x06b0, "06 B0 abort"],
	[0x06d1, "06 D1 print line"],
	[0x06d3, "06 D3 print text block"],
	[0x8000, "80 00 positive"],
]);
export const nameOf = (head: number): string =>
	names.get(head) ?? (head >> 8 === 0x84 ? `84 ${hex2(head & 0xff)}` : `${hex2(head >> 8)} ${hex2(head & 0xff)}`);
const hex2 = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");

export const POSITIVE = apdu(0x8000);
export const refusal = (code: number): Uint8Array => apdu(0x8400 | code);
export const progress = (status: number, minutes?: number): Uint8Array =>
	apdu(0x04ff, minutes === undefined ? [status] : [status, ...bcd(minutes, 1)]);
export const completion = (data: readonly number[] = []): Uint8Array => apdu(0x060f, data);
export const abort = (code: number): Uint8Array => apdu(0x061e, [code]);

export type Clock = { month: number; day: number; hours: number; minutes: number; seconds: number };

export const clockOf = (now: Date): Clock => ({
	month: now.getMonth() + 1,
	day: now.getDate(),
	hours: now.getHours(),
	minutes: now.getMinutes(),
	seconds: now.getSeconds(),
});

const when = ({ month, day, hours, minutes, seconds }: Clock): number[] => [
	0x0c,
	...bcd(hours, 1),
	...bcd(minutes, 1),
	...bcd(seconds, 1),
	0x0d,
	...bcd(month, 1),
	...bcd(day, 1),
];

type Approval = Pick<Transaction, "amount" | "receipt" | "trace"> & {
	terminalId: number;
	clock: Clock;
	hasCurrency: boolean;
	hasTlv: boolean;
	sendsTransactionId: boolean;
	/** Of the transaction that this one reverses. */
	originalTrace?: number;
};

/** Data of the 04 0F of an approved transaction, laid out as example E2 of the sheet. */
export function approvedStatus(approval: Approval): number[] {
	const { amount, receipt, trace, terminalId, clock, hasCurrency, hasTlv } = approval;
	const identifiers = approval.sendsTransactionId ? tlv(0x1f1f, bcd(receipt, 2)) : [];
	const container = [
		...tlv(0x2f, [...tlv(0x1f10, [0x02]), ...tlv(0x1f12, [0x02])]),
		...tlv(0x60, [...tlv(0x43, [0xa0, 0, 0, 0, 4, 0x30, 0x60]), ...tlv(0x44, ascii("MAESTRO"))]),
		...identifiers,
	];
	return [
		...[0x27, 0x00],
		...[0x04, ...bcd(amount, 6)],
		...(hasCurrency ? [0x49, 0x09, 0x78] : []),
		...when(clock),
		...[0x0e, 0x28, 0x09, 0x17, 0x00, 0x01, 0x19, 0x70],
		...[0x22, ...llvar([0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0x12, 0x34])],
		...[0x29, ...bcd(terminalId, 4)],
		...[0x87, ...bcd(receipt, 2)],
		...[0x0b, ...bcd(trace, 3)],
		...(approval.originalTrace === undefined ? [] : [0x37, ...bcd(approval.originalTrace, 3)]),
		...[0x8a, 0x2e],
		...[0x8b, ...llvar(ascii("Maestro\0"))],
		...[0x3b, ...ascii("A1B2C3\0\0")],
		...[0x2a, ...ascii("1234567890     ")],
		...[0x3c, ...lllvar(ascii("Akkoord"))],
		...(hasTlv ? [0x06, container.length, ...container] : []),
	];
}

/** Data of the 04 0F of a transaction that came to nothing, as example E3. */
export function failedStatus(
	code: number,
	failure: { amount: number; terminalId: number; hasCurrency: boolean; receipt?: number; words: string },
): number[] {
	return [
		...[0x27, code],
		...[0x04, ...bcd(failure.amount, 6)],
		...(failure.hasCurrency ? [0x49, 0x09, 0x78] : []),
		...[0x29, ...bcd(failure.terminalId, 4)],
		...(failure.receipt === undefined ? [] : [0x87, ...bcd(failure.receipt, 2)]),
		...[0x3c, ...lllvar(ascii(failure.words))],
	];
}

/** Data of the 04 0F of an end of day: BMP 60, the totals all under "girocard". */
export function totalsStatus(batch: readonly Transaction[], terminalId: number): number[] {
	const amount = batch.reduce((sum, { kind, amount: cents }) => sum + (kind === "payment" ? cents : -cents), 0);
	const receipts = batch.map(({ receipt }) => receipt);
	const rows = [[batch.length, ...bcd(Math.max(0, amount), 6)], ...Array.from({ length: 6 }, () => [0, ...bcd(0, 6)])];
	const totals = [...bcd(receipts[0] ?? 0, 2), ...bcd(receipts.at(-1) ?? 0, 2), ...rows.flat()];
	return [
		...[0x27, 0x00, 0x04, ...bcd(Math.max(0, amount), 6)],
		...[0x29, ...bcd(terminalId, 4)],
		...[0x60, ...lllvar(totals)],
	];
}

type Kind = "merchant" | "customer" | "administration";
const types: Record<Kind, number> = { merchant: 1, customer: 2, administration: 3 };

/** One receipt: its first line centred, the last one with the attribute that cuts. */
export function printed(kind: Kind, lines: readonly string[], way: "lines" | "blocks"): Uint8Array[] {
	if (way === "lines") {
		const body = lines.map((line, index) => apdu(0x06d1, [index === 0 ? 0x40 : 0x00, ...ascii(line)]));
		return [...body, apdu(0x06d1, [0x81])];
	}
	const text = lines.flatMap((line, index) => [...tlv(0x09, [index === 0 ? 0x40 : 0x00]), ...tlv(0x07, ascii(line))]);
	const block = [...tlv(0x1f07, [types[kind]]), ...tlv(0x25, [...text, ...tlv(0x09, [0x81])])];
	const { length } = block;
	const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return [apdu(0x06d3, [0x06, ...size, ...block])];
}
