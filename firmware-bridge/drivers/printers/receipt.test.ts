import type { Receipt } from "@kassahub/contracts/receipt.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { vatTable } from "@kassahub/contracts/vat.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Interpreter } from "../../emulators/escpos-interpreter.ts";
import { type Paper, paperText } from "../../emulators/paper.ts";
import { type CodePage, fitText } from "../code-pages.ts";
import { encodeReceipt, encodeText, type Layout, type PrintJob } from "./receipt.ts";

/** What the emulator, written from the protocol sheet, makes of a job. */
function printed(job: PrintJob): { papers: Paper[]; drawerPulses: number } {
	const interpreter = new Interpreter();
	interpreter.feed(job.bytes);
	const papers: Paper[] = [];
	let drawerPulses = 0;
	for (let deeds = interpreter.step(); deeds; deeds = interpreter.step()) {
		for (const deed of deeds) {
			if (deed.kind === "cut") papers.push(deed.paper);
			if (deed.kind === "drawer") drawerPulses++;
		}
	}
	return { papers, drawerPulses };
}

const textOf = (job: PrintJob, columns = 48): string =>
	printed(job)
		.papers.map((paper) => paperText(paper, columns))
		.join("");

const wide: Layout = { columns: 48, codePage: 858 };

const receiptOf = (change: Partial<Receipt["sale"]> = {}, rest: Partial<Receipt> = {}): Receipt => {
	const changed = { ...sale.example, ...change };
	return {
		language: "nl",
		shop: { name: "Kaashuis De Brink", address: ["Brink 12", "7411 BS Deventer"], vatNumber: "NL001234567B01" },
		sale: changed,
		vat: vatTable(changed.lines),
		booking: { number: 4711, hash: `${"0".repeat(56)}41207c0f` },
		isCopy: false,
		...rest,
	};
};

test("a receipt shows the shop, the lines, the total, the change, the VAT, the booking and the sale's QR code", () => {
	const text = textOf(
		encodeReceipt(
			receiptOf({
				receiptNumber: "8712345000011",
				payments: [{ method: "cash", amount: 375, tendered: 500, change: 125 }],
			}),
			wide,
		),
	);
	expect(text).toContain("Kaashuis De Brink");
	expect(text).toMatch(/Elstar +3,74 A/);
	expect(text).toContain("1,250 kg x 2,99");
	expect(text).toMatch(/TOTAAL +€ 3,74/);
	expect(text).toMatch(/Afronding +0,01/);
	expect(text).toMatch(/Ontvangen +5,00/);
	expect(text).toMatch(/Wisselgeld +1,25/);
	expect(text).toMatch(/A 9% +3,43 +0,31 +3,74/);
	expect(text).toContain("23-11-2026 10:15");
	expect(text).toContain("Journaal 4711 - 41207c0f");
	expect(text).toContain(`[QR kassahub:sale:${sale.example.id}]`);
	expect(text).toContain("[EAN13 8712345000011]");
	expect(text).toContain("[partial cut]");
	expect(text).not.toContain("KOPIE");
});

test("a copy and a refund say so, in the language of the shop", () => {
	const copy = textOf(
		encodeReceipt(receiptOf({ refundOf: sale.example.id }, { isCopy: true, language: "en" }), { ...wide, columns: 42 }),
		42,
	);
	expect(copy).toContain("*** COPY ***");
	expect(copy).toContain("REFUND");
	expect(copy).toMatch(/TOTAL +€ 3.74/);
});

test("a discount is shown and taken off", () => {
	const [line] = sale.example.lines;
	if (!line) throw new Error("the example has a line");
	const text = textOf(encodeReceipt(receiptOf({ lines: [{ ...line, discount: 24, total: 350 }], total: 350 }), wide));
	expect(text).toMatch(/Elstar +3,74 A/);
	expect(text).toMatch(/Korting +-0,24 A/);
});

test.each([48, 42, 32] as const)("no line is wider than the paper of %i columns, whatever the names", (columns) => {
	fc.assert(
		fc.property(fc.string({ minLength: 1, maxLength: 80, unit: "grapheme" }), (name) => {
			const lines = sale.example.lines.map((line) => ({ ...line, name }));
			const [paper] = printed(encodeReceipt(receiptOf({ lines }), { ...wide, columns })).papers;
			for (const mark of paper?.marks ?? []) {
				if (mark.kind !== "line") continue;
				const width = mark.runs.reduce((sum, run) => sum + run.text.length * run.style.width, 0);
				expect(width).toBeLessThanOrEqual(columns);
			}
		}),
		{ numRuns: 60 },
	);
});

test("an article's name cannot command the printer", () => {
	const name = "Brie\x1bp\x00\x19\xfa\x10\x14\x01\x00\x01\x1dV\x00";
	const lines = sale.example.lines.map((line) => ({ ...line, name }));
	const { papers, drawerPulses } = printed(encodeReceipt(receiptOf({ lines }), wide));
	expect(drawerPulses).toBe(0);
	expect(papers).toHaveLength(1);
});

test.each<CodePage>([437, 850, 858, 1252])(
	"any text comes out of a printer set to page %i as it fits there",
	(codePage) => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", maxLength: 12 }), (text) => {
				const { papers, drawerPulses } = printed(encodeText([text], { columns: 48, codePage }));
				const lines = papers.map((paper) => paperText(paper)).join("");
				expect(lines).toBe(`${fitText(text, codePage).trimEnd()}\n[partial cut]\n`);
				expect(drawerPulses).toBe(0);
			}),
		);
	},
);

test("a model with numbers of its own for its code pages is given them", () => {
	const { bytes } = encodeText(["€"], { columns: 48, codePage: 1252, codePageNumber: 71 });
	expect(Buffer.from(bytes).toString("hex")).toContain("1b744780");
});
