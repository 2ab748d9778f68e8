import fc from "fast-check";
import { expect, test } from "vitest";
import { bankCard, classic1k, ntag213, phone } from "../../emulators/card.ts";
import { decodeAnswer, encodeReadPages, isRandomUid, kindOf } from "./apdu.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

// ATRs of the protocol sheet, section 3.
test.each([
	["3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 03 00 00 00 00 68", "type-2"],
	["3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A", "classic"],
	["3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 02 00 00 00 00 69", "classic"],
	["3B 8F 80 01 80 4F 0C A0 00 00 03 06 04 00 03 00 00 00 00 6F", "storage"],
	["3B 81 80 01 80 80", "iso-14443-4"],
	["", "iso-14443-4"],
])("a card with ATR %s is %s", (atr, kind) => {
	expect(kindOf(hex(atr))).toBe(kind);
});

test("the emulated cards have the sheet's ATRs", () => {
	expect([ntag213(), classic1k(), bankCard(), phone()].map(({ atr }) => kindOf(atr))).toEqual([
		"type-2",
		"classic",
		"iso-14443-4",
		"iso-14443-4",
	]);
});

test("reads pages by the sheet's bytes", () => {
	expect(encodeReadPages(3, 16)).toEqual(hex("FF B0 00 03 10"));
});

const answers = fc
	.tuple(fc.uint8Array({ maxLength: 256 }), fc.constantFrom("", "9000", "6a82", "6300", "0310"))
	.map(([data, status]) => Uint8Array.of(...data, ...hex(status)));

test("any answer is data, a refusal or garbled, and data comes back whole", () => {
	fc.assert(
		fc.property(answers, (bytes) => {
			const answer = decodeAnswer(bytes);
			if (answer.kind === "done") expect(Uint8Array.of(...answer.data, 0x90, 0)).toEqual(bytes);
			const hasStatus = bytes.length >= 2 && [0x60, 0x90].includes((bytes.at(-2) ?? 0) & 0xf0);
			expect(answer.kind === "garbled").toBe(!hasStatus);
		}),
	);
});

test("only a UID of four bytes that begins with 08 is made up", () => {
	expect(isRandomUid(hex("08 C0 FF EE"))).toBe(true);
	expect(isRandomUid(hex("04 C0 FF EE"))).toBe(false);
	expect(isRandomUid(hex("08 A1 B2 C3 D4 E5 80"))).toBe(false);
});
