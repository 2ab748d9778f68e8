import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "../wire.ts";
import { decodePrintLine, decodeTextBlock, ReceiptRoll, takePrinting } from "./zvt-printing.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
const line = (attribute: number, text: string) =>
	decodePrintLine(Uint8Array.of(attribute, ...Buffer.from(text, "latin1")));

// Data of the sheet's examples E2 and E7.
const BLOCK = `06 29 1F 07 01 02 25 23 09 01 40 07 0B 4B 4C 41 4E 54 54 49 43 4B 45 54
	09 01 00 07 09 45 55 52 20 31 39 2C 39 35 07 00 09 01 81`;

test("a text block says whose receipt it is, and cuts it (E2)", () => {
	expect(decodeTextBlock(bytes(BLOCK))).toEqual({
		kind: "customer",
		lines: [
			{ text: "KLANTTICKET", isCentred: true, indent: 0, isLast: false },
			{ text: "EUR 19,95", isCentred: false, indent: 0, isLast: false },
			{ text: "", isCentred: false, indent: 0, isLast: false },
			{ text: "", isCentred: false, indent: 0, isLast: true },
		],
	});
});

test("a print line is centred, indented, fed or last, by its attribute (E7)", () => {
	expect(decodePrintLine(bytes("40 4B 4C 41 4E 54 54 49 43 4B 45 54"))).toEqual([
		{ text: "KLANTTICKET", isCentred: true, indent: 0, isLast: false },
	]);
	expect(decodePrintLine(bytes("81"))).toMatchObject([{ text: "", isLast: true }]);
	expect(decodePrintLine(bytes("80"))).toMatchObject([{ isLast: false }]);
	expect(decodePrintLine(bytes("03 41"))).toMatchObject([{ text: "A", indent: 3 }]);
	expect(decodePrintLine(bytes("FF 03"))).toHaveLength(3);
	expect(() => decodePrintLine(bytes(""))).toThrow(WireError);
	expect(() => decodeTextBlock(bytes("27 00"))).toThrow(WireError);
});

describe("receipts", () => {
	test("of blocks are laid out on the register's columns", () => {
		const roll = new ReceiptRoll(21);
		const { lines, kind } = decodeTextBlock(bytes(BLOCK));
		roll.print(lines, kind);
		expect(roll.receipts()).toEqual([{ for: "customer", lines: ["     KLANTTICKET", "EUR 19,95"] }]);
	});

	test("of lines are told apart by their last line, and by their own words", () => {
		const roll = new ReceiptRoll(42);
		for (const text of ["Kundenbeleg", "Betrag 19,95"]) roll.print(line(0, text));
		roll.print(line(0x81, ""));
		for (const text of ["Haendlerbeleg", "Betrag 19,95"]) roll.print(line(0, text));
		roll.print(line(0x81, "bis bald"));
		expect(roll.receipts().map((receipt) => receipt.for)).toEqual(["customer", "merchant"]);
		expect(roll.receipts()[1]?.lines.at(-1)).toBe("bis bald");
	});

	test("without a word of whose they are come in the usual order", () => {
		const roll = new ReceiptRoll(42);
		for (const text of ["een", "twee"]) {
			roll.print(line(0, text));
			roll.print(line(0x81, ""));
		}
		expect(roll.receipts().map((receipt) => receipt.for)).toEqual(["merchant", "customer"]);
	});

	test("of another kind begin where the kind changes, cut or not", () => {
		const roll = new ReceiptRoll(42);
		roll.print(line(0, "een"), "merchant");
		roll.print(line(0, "nog een"), "merchant");
		roll.print(line(0, "twee"), "customer");
		expect(roll.receipts()).toEqual([
			{ for: "merchant", lines: ["een", "nog een"] },
			{ for: "customer", lines: ["twee"] },
		]);
	});

	test("never show a card number that a terminal left readable", () => {
		const roll = new ReceiptRoll(42);
		roll.print(line(0, "Kaart 4111 1111 1111 1111"), "merchant");
		roll.print(line(0, "AID A0000000043060 VU 455600000123"), "merchant");
		expect(roll.receipts()[0]?.lines).toEqual(["Kaart **** **** **** 1111", "AID A0000000043060 VU 455600000123"]);
	});
});

test("lines that can't be read are acknowledged all the same: a refusal would take the payment back", () => {
	const roll = new ReceiptRoll(42);
	fc.assert(
		fc.property(fc.constantFrom(0x06d1, 0x06d3), fc.uint8Array({ maxLength: 200 }), (command, data) => {
			expect(takePrinting(roll, { command, data })).toEqual(bytes("80 00 00"));
		}),
	);
	expect(takePrinting(roll, { command: 0x040f, data: bytes("27 00") })).toBeUndefined();
	for (const { lines } of roll.receipts()) expect(lines.every((text) => text.length <= 64)).toBe(true);
});
