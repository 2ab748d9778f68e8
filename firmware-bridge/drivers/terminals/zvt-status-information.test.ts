import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "../wire.ts";
import { encodeBmp } from "./zvt-bmp.ts";
import { decodeStatusInformation } from "./zvt-status-information.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

// Data of example E2 of the sheet.
const E2 = `27 00 04 00 00 00 00 19 95 49 09 78 0C 14 32 07 0D 11 24 0E 28 09 17 00 01 19 70
	22 F0 F8 EE EE EE EE EE EE 12 34 29 31 00 00 42 87 00 17 0B 00 00 42 8A 2E
	8B F0 F8 4D 61 65 73 74 72 6F 00 3B 41 31 42 32 43 33 00 00
	2A 31 32 33 34 35 36 37 38 39 30 20 20 20 20 20 3C F0 F0 F7 41 6B 6B 6F 6F 72 64
	06 23 2F 08 1F 10 01 02 1F 12 01 02 60 12 43 07 A0 00 00 00 04 30 60 44 07 4D 41 45 53 54 52 4F 1F 1F 02 00 17`;
const E3 = `27 6C 04 00 00 00 00 19 95 49 09 78 29 31 00 00 42 3C F0 F1 F0 41 66 67 65 62 72 6F 6B 65 6E`;

test("an approval says everything that a booking, a receipt and a reversal need (E2)", () => {
	expect(decodeStatusInformation(bytes(E2))).toEqual({
		result: 0,
		amount: 1995,
		currency: "0978",
		terminalId: "31000042",
		receiptNumber: "0017",
		trace: "000042",
		date: "1124",
		time: "143207",
		authorisation: "A1B2C3",
		transactionId: "0017",
		card: { brand: "Maestro", pan: "************1234", entry: "contactless" },
		words: "Akkoord",
	});
});

test("a payment that the customer stopped says so (E3)", () => {
	expect(decodeStatusInformation(bytes(E3))).toEqual({
		result: 0x6c,
		amount: 1995,
		currency: "0978",
		terminalId: "31000042",
		card: {},
		words: "Afgebroken",
	});
});

test("fields come in any order", () => {
	const fields = ["27 00", "04 00 00 00 00 19 95", "87 00 17", "0B 00 00 42", "29 31 00 00 42"];
	fc.assert(
		fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) => {
			expect(decodeStatusInformation(bytes(shuffled.join(" ")))).toEqual({
				result: 0,
				amount: 1995,
				receiptNumber: "0017",
				trace: "000042",
				terminalId: "31000042",
				card: {},
			});
		}),
	);
});

test("what comes after an unknown field is not guessed at", () => {
	expect(decodeStatusInformation(bytes("27 00 04 00 00 00 00 19 95 7E 87 00 17"))).toEqual({
		result: 0,
		amount: 1995,
		card: {},
	});
});

test.each([
	["no result", "04 00 00 00 00 19 95"],
	["a result behind an unknown field", "7E 27 00"],
	["an amount that is no number", "27 00 04 00 00 00 00 19 9A"],
	["nothing", ""],
])("nothing is built on %s", (_, text) => {
	expect(() => decodeStatusInformation(bytes(text))).toThrow(WireError);
});

test("a trace past six digits is taken from its object", () => {
	expect(decodeStatusInformation(bytes("27 00 0B 00 00 00 06 07 1F 2B 04 01 23 45 67")).trace).toBe("01234567");
});

describe("a card's number", () => {
	test("that a terminal did not mask leaves four digits, whatever fills it up or follows it", () => {
		const last = (text: string): string | undefined => decodeStatusInformation(bytes(`27 00 ${text}`)).card.pan;
		expect(last("22 F0 F8 41 11 11 11 11 11 11 11")).toBe("************1111");
		expect(last("22 F1 F0 67 59 64 98 26 43 84 53 19 2F")).toBe("************3192");
		expect(last("22 F1 F1 41 11 11 11 11 11 12 34 D2 80 92")).toBe("************1234");
		expect(last("22 F0 F4 EE EE EE EE")).toBeUndefined();
	});

	test("and tracks, of any digits, never come out whole", () => {
		const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 13, maxLength: 19 });
		fc.assert(
			fc.property(digits, (pan) => {
				const packed = bytes(pan.length % 2 === 0 ? pan : `${pan}F`);
				const data = [0x22, 0x23, 0x2d].map((tag) => encodeBmp(tag, packed));
				const said = decodeStatusInformation(Uint8Array.from(Buffer.concat([bytes("27 00"), ...data])));
				expect(JSON.stringify(said)).not.toContain(pan);
				expect(JSON.stringify(said)).not.toMatch(/\d{5}/);
			}),
		);
	});
});

test("totals of an end of day are counted over all kinds of card", () => {
	const rows = [
		"02 00 00 00 01 00 00",
		...Array.from({ length: 5 }, () => "00 00 00 00 00 00 00"),
		"01 00 00 00 00 05 50",
	];
	const totals = bytes(`00 17 00 19 ${rows.join(" ")}`);
	const said = decodeStatusInformation(Uint8Array.of(0x27, 0x00, ...encodeBmp(0x60, totals)));
	expect(said.totals).toEqual({ count: 3, amount: 10_550 });
});

test("any bytes say something, or are refused by name", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
			try {
				decodeStatusInformation(noise);
			} catch (error) {
				expect(error).toBeInstanceOf(WireError);
			}
		}),
	);
});
