import { formatAmount, formatQuantity } from "@kassahub/contracts/money.ts";
import type { Receipt } from "@kassahub/contracts/receipt.ts";
import type { SaleLine } from "@kassahub/contracts/sale.ts";
import ReceiptPrinterEncoder from "@point-of-sale/receipt-printer-encoder";
import { codePages, fitText } from "../code-pages.ts";
import { FEED_AND_CUT } from "./escpos-codec.ts";
import type { EscposSettings } from "./escpos-settings.ts";
import { words } from "./words.ts";

/** What is printed, and how long it is: the printer gets more time for a longer one. */
export type PrintJob = { bytes: Uint8Array; lines: number };

/** What the paper and the model decide about how text is laid out. */
export type Layout = Pick<EscposSettings, "columns" | "codePage" | "codePageNumber">;

const QR_LINES = 9;
const BARCODE_LINES = 4;

/** A receipt as an ESC/POS job, cut included. Amounts come from the receipt as they are: nothing is computed anew. */
export function encodeReceipt(receipt: Receipt, layout: Layout): PrintJob {
	const { sale, shop, vat, language } = receipt;
	const word = words[language];
	const page = new Page(layout);
	const amount = (cents: number): string => formatAmount(cents, language);
	const letters = new Map(vat.map((row, index) => [row.vatRate, String.fromCharCode(65 + (index % 26))]));

	page.align("center");
	page.print(shop.name, { large: true });
	for (const line of shop.address) page.print(line);
	if (shop.vatNumber) page.print(`${word.vatNumber} ${shop.vatNumber}`);
	page.feed();
	if (receipt.isCopy) page.print(`*** ${word.copy} ***`, { large: true });
	if (sale.refundOf) page.print(word.refund, { large: true });
	page.align("left");
	page.pair(
		sale.receiptNumber ? `${word.receipt} ${sale.receiptNumber}` : `${word.register} ${sale.register}`,
		dateAndTime(sale.at),
	);
	if (sale.receiptNumber || sale.employee) {
		page.pair(
			sale.receiptNumber ? `${word.register} ${sale.register}` : "",
			sale.employee ? `${word.employee} ${sale.employee}` : "",
		);
	}
	page.rule();
	for (const line of sale.lines) {
		const letter = letters.get(line.vatRate) ?? " ";
		page.pair(line.name, `${amount(line.total + (line.discount ?? 0))} ${letter}`);
		if (needsQuantity(line)) {
			page.print(`  ${formatQuantity(line.quantity, line.unit, language)} x ${amount(line.unitPrice)}`);
		}
		if (line.discount) page.pair(`  ${word.discount}`, `${amount(-line.discount)} ${letter}`);
	}
	page.rule();
	page.pair(word.total, `€ ${amount(sale.total)} `, { large: true });
	if (sale.rounding !== 0) page.pair(word.rounding, `${amount(sale.rounding)}  `);
	for (const payment of sale.payments) {
		page.pair(word.methods[payment.method], `${amount(payment.amount)}  `);
		if (payment.tendered !== undefined) page.pair(`  ${word.tendered}`, `${amount(payment.tendered)}  `);
		if (payment.change) page.pair(`  ${word.change}`, `${amount(payment.change)}  `);
		if (payment.reference) page.print(`  ${payment.reference}`);
	}
	page.feed();
	page.vatRow(word.vat, word.net, word.vat, word.gross, { bold: true });
	for (const row of vat) {
		page.vatRow(
			`${letters.get(row.vatRate)} ${percentage(row.vatRate, language)}`,
			amount(row.net),
			amount(row.vat),
			amount(row.total),
		);
	}
	page.feed();
	page.align("center");
	for (const line of shop.footer ?? [word.thanks]) page.print(line);
	page.feed();
	page.qr(`kassahub:sale:${sale.id}`);
	if (sale.receiptNumber) page.barcode(sale.receiptNumber);
	if (receipt.booking) page.print(`${word.journal} ${receipt.booking.number} - ${receipt.booking.hash.slice(-8)}`);
	return page.cut();
}

/** Plain lines, cut included. */
export function encodeText(lines: readonly string[], layout: Layout): PrintJob {
	const page = new Page(layout);
	for (const line of lines) page.print(line);
	return page.cut();
}

/** One piece at its own price needs no second line. */
const needsQuantity = (line: SaleLine): boolean => line.unit !== "pcs" || line.quantity !== 1000;

/** The register's own wall time, as it stands in the sale: `23-11-2026 10:15`. */
const dateAndTime = (at: string): string =>
	`${at.slice(8, 10)}-${at.slice(5, 7)}-${at.slice(0, 4)} ${at.slice(11, 16)}`;

function percentage(vatRate: number, language: "nl" | "en"): string {
	const text = vatRate % 100 === 0 ? String(vatRate / 100) : formatAmount(vatRate, language);
	return `${text}%`;
}

type Style = { large?: boolean; bold?: boolean };

/** A receipt under construction, in columns of font A. */
class Page {
	readonly #encoder: ReceiptPrinterEncoder;
	readonly #columns: number;
	readonly #fit: (text: string) => string;
	#lines = 0;

	constructor({ columns, codePage, codePageNumber }: Layout) {
		this.#columns = columns;
		this.#fit = (text) => fitText(text, codePage);
		const name = codePage === 1252 ? "windows1252" : (`cp${codePage}` as const);
		this.#encoder = new ReceiptPrinterEncoder({
			language: "esc-pos",
			columns,
			newline: "\n",
			feedBeforeCut: 0,
			codepageMapping: { [name]: codePageNumber ?? codePages[codePage].epsonNumber },
		});
		this.#encoder.initialize().codepage(name);
	}

	align(alignment: "left" | "center"): void {
		this.#encoder.align(alignment);
	}

	print(text: string, { large = false, bold = large }: Style = {}): void {
		for (const line of wrap(this.#fit(text), large ? this.#columns / 2 : this.#columns)) {
			this.#encoder.bold(bold).size(large ? 2 : 1, large ? 2 : 1);
			this.#encoder.line(line).size(1, 1).bold(false);
			this.#lines += large ? 2 : 1;
		}
	}

	/** `left` and `right` at the two edges; a left that is too long goes on below. */
	pair(left: string, right: string, style: Style = {}): void {
		const columns = style.large ? this.#columns / 2 : this.#columns;
		const edge = this.#fit(right);
		const [first = "", ...rest] = wrap(this.#fit(left), columns - edge.length - 1);
		this.print(`${first.padEnd(columns - edge.length)}${edge}`, style);
		for (const line of rest) this.print(line, style);
	}

	vatRow(rate: string, net: string, vat: string, total: string, style: Style = {}): void {
		const width = Math.floor(this.#columns / 4);
		this.print(
			rate.padEnd(this.#columns - 3 * width) + [net, vat, total].map((cell) => cell.padStart(width)).join(""),
			style,
		);
	}

	rule(): void {
		this.print("-".repeat(this.#columns));
	}

	feed(): void {
		this.#encoder.newline();
		this.#lines++;
	}

	qr(data: string): void {
		this.#encoder.qrcode(data, { model: 2, size: 5, errorlevel: "m" });
		this.#lines += QR_LINES;
	}

	/** An EAN-13 where the text is one, else Code 128; what neither can hold, or the paper is too narrow for, stays text. */
	barcode(text: string): void {
		if (/^\d{13}$/.test(text) && isEan13(text))
			this.#encoder.barcode(text, "ean13", { height: 60, width: 2, text: true });
		else if (/^[A-Za-z0-9./-]+$/.test(text) && text.length <= this.#columns / 2 - 6) {
			this.#encoder.barcode(text, "code128", { height: 60, width: 2, text: true });
		} else return;
		this.#lines += BARCODE_LINES;
	}

	cut(): PrintJob {
		return { bytes: Buffer.concat([this.#encoder.encode(), FEED_AND_CUT]), lines: this.#lines };
	}
}

function isEan13(digits: string): boolean {
	const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
	return sum % 10 === 0;
}

/** Breaks at spaces where it can; a word longer than the line is cut. Leading spaces stay with the first line. */
function wrap(text: string, width: number): string[] {
	const lines: string[] = [];
	let rest = text.trimEnd();
	while (rest.length > width) {
		const space = rest.lastIndexOf(" ", width);
		const at = rest.slice(0, space).trim() === "" ? width : space;
		lines.push(rest.slice(0, at));
		rest = rest.slice(at).trimStart();
	}
	return [...lines, rest];
}
