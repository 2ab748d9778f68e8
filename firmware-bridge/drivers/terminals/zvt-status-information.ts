import { PaymentCard, TerminalTotals } from "@kassahub/contracts/terminal-answer.ts";
import { type Static, Type } from "typebox";
import { WireError } from "../wire.ts";
import { starCardNumbers } from "./card-numbers.ts";
import { decodeText } from "./cp437.ts";
import { type Bmp, decodeBmps, findBmp, TLV_CONTAINER } from "./zvt-bmp.ts";
import { decodeAmount, decodeDigits, hexOf } from "./zvt-digits.ts";
import { decodeTlvs, findTlv, type Tlv, tag } from "./zvt-tlv.ts";

const text = Type.Optional(Type.String());

/** What a 04 0F says of a transaction. A field is there only where the terminal sent it, and in a readable form. */
export const StatusInformation = Type.Object({
	/** 00: approved; else a code of zvt-results.ts. */
	result: Type.Integer(),
	/** Cents. */
	amount: Type.Optional(Type.Integer()),
	currency: text,
	terminalId: text,
	receiptNumber: text,
	trace: text,
	/** MMDD and HHMMSS, by the terminal's clock. */
	date: text,
	time: text,
	authorisation: text,
	/** Hexadecimal, 1F1F: mirrored as it is (sheet 7.5). */
	transactionId: text,
	card: PaymentCard,
	/** The terminal's own words, BMP 3C. */
	words: text,
	/** Of an end of day, BMP 60. */
	totals: Type.Optional(TerminalTotals),
});
export type StatusInformation = Static<typeof StatusInformation>;

/** Sheet 4.1, what cards are called that may be met in the Netherlands. */
const brands = new Map<number, string>([
	[0x02, "ec"],
	[0x05, "girocard"],
	[0x06, "Mastercard"],
	[0x08, "American Express"],
	[0x0a, "Visa"],
	[0x0b, "Visa Electron"],
	[0x0c, "Diners"],
	[0x0d, "V PAY"],
	[0x0e, "JCB"],
	[0x2e, "Maestro"],
	[0x57, "Bancontact"],
	[0x61, "Alipay"],
	[0xc6, "UnionPay"],
]);
const entries: Readonly<Record<number, NonNullable<PaymentCard["entry"]>>> = {
	0: "stripe",
	1: "chip",
	2: "contactless",
};
const TOTALS_ROWS = 7;
const WORD_MAX = 64;

/** Throws WireError where the result can't be read, or an amount is there that is none: then nothing may be built on it. */
export function decodeStatusInformation(data: Uint8Array): StatusInformation {
	const { fields } = decodeBmps(data);
	const container = findBmp(fields, TLV_CONTAINER);
	const objects = container ? decodeTlvs(container).objects : [];
	const [result] = findBmp(fields, 0x27) ?? [];
	if (result === undefined) throw new WireError("a status information without result");
	const amount = findBmp(fields, 0x04);
	const cents = amount && decodeAmount(amount);
	if (amount && cents === undefined) throw new WireError("an amount that is no number");
	return withoutAbsent({
		result,
		amount: cents,
		currency: digitsOf(fields, 0x49),
		terminalId: digitsOf(fields, 0x29),
		receiptNumber: digitsOf(fields, 0x87),
		trace: traceOf(fields, objects),
		date: digitsOf(fields, 0x0d),
		time: digitsOf(fields, 0x0c),
		authorisation: textOf(fields, 0x3b),
		transactionId: transactionIdOf(objects),
		card: cardOf(fields, objects),
		words: textOf(fields, 0x3c),
		totals: totalsOf(findBmp(fields, 0x60)),
	});
}

type Sparse<T> = { [K in keyof T]: T[K] | undefined };
type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
	[K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

const withoutAbsent = <T extends object>(value: T): Present<T> =>
	Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Present<T>;

function digitsOf(fields: readonly Bmp[], number: number): string | undefined {
	const value = findBmp(fields, number);
	return value && decodeDigits(value);
}

function textOf(fields: readonly Bmp[], number: number): string | undefined {
	const value = findBmp(fields, number);
	return (value && starCardNumbers(decodeText(value).trim()).slice(0, WORD_MAX)) || undefined;
}

/** Past six digits BMP 0B is zero and an object has the number (sheet 4.1). */
function traceOf(fields: readonly Bmp[], objects: readonly Tlv[]): string | undefined {
	const long = findTlv(objects, tag.longTrace);
	return (long && decodeDigits(long)) ?? digitsOf(fields, 0x0b);
}

function transactionIdOf(objects: readonly Tlv[]): string | undefined {
	const id = findTlv(objects, tag.transactionId);
	return id && id.length > 0 && id.length <= WORD_MAX / 2 ? hexOf(id) : undefined;
}

function cardOf(fields: readonly Bmp[], objects: readonly Tlv[]): PaymentCard {
	const number = findBmp(fields, 0x22);
	const [type] = findBmp(fields, 0x8a) ?? [];
	const application = findTlv(objects, tag.applicationName);
	const [technology] = findTlv(objects, tag.cardTechnology) ?? [];
	const card: Sparse<PaymentCard> = {
		brand:
			textOf(fields, 0x8b) ??
			(type === undefined ? undefined : brands.get(type)) ??
			(application && decodeText(application).slice(0, WORD_MAX)),
		pan: number && lastDigitsOf(number),
		entry: technology === undefined ? undefined : entries[technology],
	};
	return withoutAbsent(card);
}

/** E stands for a masked digit, F fills up, D parts the number from what follows it on the stripe. */
function lastDigitsOf(number: Uint8Array): string | undefined {
	const [digits = ""] = hexOf(number).split("d");
	const last = /(\d{4})f*$/.exec(digits)?.[1];
	return last && `************${last}`;
}

/** First and last receipt number, then a count and a sum for each of seven kinds of card. */
function totalsOf(value: Uint8Array | undefined): TerminalTotals | undefined {
	if (!value || value.length < 4 + 7 * TOTALS_ROWS) return undefined;
	let [count, amount] = [0, 0];
	for (let row = 0; row < TOTALS_ROWS; row++) {
		const at = 4 + 7 * row;
		const sum = decodeAmount(value.subarray(at + 1, at + 7));
		if (sum === undefined) return undefined;
		count += value[at] as number;
		amount += sum;
	}
	return { count, amount };
}
