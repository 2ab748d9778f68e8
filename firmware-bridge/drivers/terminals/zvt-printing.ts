import type { TerminalReceipt } from "@kassahub/contracts/terminal-answer.ts";
import { WireError } from "../wire.ts";
import { receiptOf } from "./answer.ts";
import { decodeText } from "./cp437.ts";
import type { Apdu } from "./zvt-apdu.ts";
import { decodeBmps, findBmp, TLV_CONTAINER } from "./zvt-bmp.ts";
import { command, POSITIVE } from "./zvt-commands.ts";
import { decodeTlvs, findTlv, tag } from "./zvt-tlv.ts";

type Kind = TerminalReceipt["for"];

/** A line as it is to be printed. `isLast`: the receipt ends with it. An empty last line only cuts. */
export type PrintLine = { text: string; isCentred: boolean; indent: number; isLast: boolean };

const FEEDS = 0xff;
const kinds: Readonly<Record<number, Kind>> = { 1: "merchant", 2: "customer", 3: "administration" };

/** 06 D1: an attribute and a line, or a number of empty lines (sheet 4). Throws WireError. */
export function decodePrintLine(data: Uint8Array): PrintLine[] {
	const [attribute, feeds] = data;
	if (attribute === undefined) throw new WireError("a print line without attribute");
	if (attribute === FEEDS) return Array.from({ length: feeds ?? 1 }, () => lineOf("", 0));
	return [lineOf(decodeText(data.subarray(1)), attribute)];
}

/** 06 D3: what kind of receipt it belongs to, where it says so, and its lines. Throws WireError. */
export function decodeTextBlock(data: Uint8Array): { kind?: Kind; lines: PrintLine[] } {
	const container = findBmp(decodeBmps(data).fields, TLV_CONTAINER);
	if (!container) throw new WireError("a text block without objects");
	const { objects } = decodeTlvs(container);
	const [type] = findTlv(objects, tag.receiptType) ?? [];
	const kind = type === undefined ? undefined : kinds[type];
	const lines: PrintLine[] = [];
	let attribute = 0;
	let cuts = false;
	for (const block of objects.filter((object) => object.tag === tag.lines)) {
		for (const object of block.children ?? []) {
			if (object.tag === tag.attribute) {
				attribute = object.value[0] ?? 0;
				cuts = endsReceipt(attribute);
			} else if (object.tag === tag.text) {
				lines.push(lineOf(decodeText(object.value), attribute));
				cuts = false;
			}
		}
	}
	// The attribute that cuts may stand alone at the end, with no line to go with it.
	if (cuts) lines.push(lineOf("", attribute));
	return { ...(kind ? { kind } : {}), lines };
}

const endsReceipt = (attribute: number): boolean => attribute > 0x80 && attribute !== FEEDS;

const lineOf = (text: string, attribute: number): PrintLine => ({
	text,
	isCentred: (attribute & 0xc0) === 0x40,
	indent: (attribute & 0xf0) === 0 ? attribute & 0x0f : 0,
	isLast: endsReceipt(attribute),
});

/**
 * Takes a print line or text block; undefined for any other message. Lines that can't be read are left out: to refuse them
 * would take a payment back (sheet 4.2).
 */
export function takePrinting(roll: ReceiptRoll, { command: head, data }: Apdu): Uint8Array | undefined {
	if (head !== command.printLine && head !== command.printTextBlock) return undefined;
	try {
		if (head === command.printLine) roll.print(decodePrintLine(data));
		else {
			const { lines, kind } = decodeTextBlock(data);
			roll.print(lines, kind);
		}
	} catch (error) {
		if (!(error instanceof WireError)) throw error;
	}
	return POSITIVE;
}

/** Gathers what a terminal prints through the register into receipts, in the order it came. */
export class ReceiptRoll {
	readonly #columns: number;
	readonly #done: { kind?: Kind; lines: string[] }[] = [];
	#kind: Kind | undefined;
	#lines: string[] = [];

	constructor(columns: number) {
		this.#columns = columns;
	}

	/** Lines of one message; another kind of receipt than before begins a new one (sheet 9). */
	print(lines: readonly PrintLine[], kind?: Kind): void {
		if (kind && this.#kind && kind !== this.#kind) this.#cut();
		this.#kind = kind ?? this.#kind;
		for (const line of lines) {
			if (!line.isLast || line.text !== "") this.#lines.push(this.#layOut(line));
			if (!line.isLast) continue;
			const next = this.#kind;
			this.#cut();
			this.#kind = kind === next ? kind : undefined;
		}
	}

	/** What was printed; card numbers that a terminal left readable are starred. */
	receipts(): TerminalReceipt[] {
		this.#cut();
		const count = this.#done.length;
		return this.#done.map(({ kind, lines }, index) => receiptOf(kind ?? guessedKind(lines, index, count), lines));
	}

	#layOut({ text, isCentred, indent }: PrintLine): string {
		const room = Math.floor((this.#columns - text.length) / 2);
		return `${" ".repeat(isCentred ? Math.max(0, room) : indent)}${text}`;
	}

	#cut(): void {
		const lines = this.#lines;
		while (lines.at(-1)?.trim() === "") lines.pop();
		if (lines.length > 0) this.#done.push({ ...(this.#kind ? { kind: this.#kind } : {}), lines });
		this.#lines = [];
		this.#kind = undefined;
	}
}

/** Lines (06 D1) do not say whose receipt they are: its own words do, or the usual order, the merchant's first. */
function guessedKind(lines: readonly string[], index: number, count: number): Kind {
	const text = lines.join(" ").toLowerCase();
	if (/klant|kunde|customer|kaarthouder/.test(text)) return "customer";
	if (/winkel|h[aä]ndler|haendler|merchant|ondernemer/.test(text)) return "merchant";
	return count > 1 && index === 0 ? "merchant" : "customer";
}
