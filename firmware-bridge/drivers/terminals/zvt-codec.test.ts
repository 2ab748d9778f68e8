import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "../wire.ts";
import { decodeText } from "./cp437.ts";
import { decodeApdu, encodeApdu, splitApdus } from "./zvt-apdu.ts";
import { decodeBmps, encodeBmp, knownBmps } from "./zvt-bmp.ts";
import {
	encodeAuthorisation,
	encodeEndOfDay,
	encodeRefund,
	encodeRegistration,
	encodeRepeatReceipt,
	encodeReversal,
	encodeStatusEnquiry,
	LAST_TRANSACTION,
	STATUS_ONLY,
} from "./zvt-commands.ts";
import { decodeAmount, encodeAmount } from "./zvt-digits.ts";
import { decodeProgress, progressOf } from "./zvt-progress.ts";
import { resultOf } from "./zvt-results.ts";
import { decodeTerminalStatus } from "./zvt-terminal-status.ts";
import { decodeTlvs, encodeTlv, findTlv } from "./zvt-tlv.ts";

const hex = (bytes: Uint8Array): string =>
	Buffer.from(bytes)
		.toString("hex")
		.toUpperCase()
		.replaceAll(/..(?=.)/g, "$& ");
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const data = fc.uint8Array({ maxLength: 400 });
const message = fc.tuple(fc.nat({ max: 0xffff }), data);

describe("messages", () => {
	test("come back as they were written, whatever their length", () => {
		fc.assert(
			fc.property(message, ([command, body]) => {
				expect(decodeApdu(encodeApdu(command, body))).toEqual({ command, data: body });
			}),
		);
		for (const length of [0xfe, 0xff, 0x100, 0xffff]) {
			expect(decodeApdu(encodeApdu(0x06d3, new Uint8Array(length))).data).toHaveLength(length);
		}
		expect(() => encodeApdu(0x06d3, new Uint8Array(0x10000))).toThrow(RangeError);
	});

	test("of 302 bytes have the length that the sheet writes, the low byte first", () => {
		expect(hex(encodeApdu(0x06d3, new Uint8Array(302)).subarray(0, 5))).toBe("06 D3 FF 2E 01");
	});

	test("split at any byte, and joined, come out as they went in", () => {
		fc.assert(
			fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), fc.nat(), (messages, cut) => {
				const frames = messages.map(([command, body]) => encodeApdu(command, body));
				const stream = Uint8Array.from(Buffer.concat(frames));
				const at = cut % (stream.length + 1);
				const splitter = splitApdus();
				expect([...splitter.push(stream.subarray(0, at)), ...splitter.push(stream.subarray(at))]).toEqual(frames);
				expect(splitter.discard()).toBe(false);
			}),
		);
		const frame = bytes("06 01 0A 04 00 00 00 00 19 95 49 09 78");
		for (let at = 1; at < frame.length; at++) {
			const splitter = splitApdus();
			expect(splitter.push(frame.subarray(0, at))).toEqual([]);
			expect(splitter.discard()).toBe(true);
		}
	});

	test("any bytes give messages or a named error", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
				for (const frame of splitApdus().push(noise)) expect(() => decodeApdu(frame)).not.toThrow();
				try {
					decodeApdu(noise);
				} catch (error) {
					expect(error).toBeInstanceOf(WireError);
				}
			}),
		);
	});
});

describe("amounts", () => {
	test("of any number of cents come back exactly", () => {
		fc.assert(
			fc.property(fc.nat({ max: 999_999_999_999 }), (cents) => {
				expect(decodeAmount(encodeAmount(cents))).toBe(cents);
			}),
		);
		expect(hex(encodeAmount(1995))).toBe("00 00 00 00 19 95");
	});

	test("that are no digits are no amount", () => {
		expect(decodeAmount(bytes("00 00 00 00 19 9A"))).toBeUndefined();
	});
});

/** A value of a length that its tag allows. */
const field = fc.constantFrom(...knownBmps).chain((tag) =>
	fc.uint8Array({ maxLength: 99 }).map((value) => {
		for (const length of [value.length, 1, 2, 3, 4, 5, 6, 8, 15]) {
			const candidate = Uint8Array.from({ length }, (_, index) => value[index] ?? 0);
			try {
				encodeBmp(tag, candidate);
				return { tag, value: candidate };
			} catch {
				// Not a length of this tag.
			}
		}
		throw new Error(`no length fits ${tag}`);
	}),
);

describe("fields", () => {
	test("come back in their order, whichever they are", () => {
		fc.assert(
			fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
				const written = Uint8Array.from(Buffer.concat(fields.map(({ tag, value }) => encodeBmp(tag, value))));
				expect(decodeBmps(written)).toEqual({ fields, unread: new Uint8Array() });
			}),
		);
	});

	test("after one that is unknown, or cut off, are left unread, and those before it are kept", () => {
		const known = bytes("27 00 87 00 17");
		expect(decodeBmps(Uint8Array.of(...known, 0x7e, 0x27, 0x00))).toEqual({
			fields: [
				{ tag: 0x27, value: bytes("00") },
				{ tag: 0x87, value: bytes("00 17") },
			],
			unread: bytes("7E 27 00"),
		});
		expect(decodeBmps(bytes("27 00 22 F0 F8 EE EE")).unread).toEqual(bytes("22 F0 F8 EE EE"));
		expect(decodeBmps(bytes("3C F0 FA F0")).fields).toEqual([]);
	});

	test("LLVAR counts in decimal digits", () => {
		expect(decodeBmps(bytes("22 F0 F3 01 23 45")).fields).toEqual([{ tag: 0x22, value: bytes("01 23 45") }]);
	});

	test("of any bytes are read or left unread, and not one byte is lost", () => {
		fc.assert(
			fc.property(data, (noise) => {
				const { fields, unread } = decodeBmps(noise);
				expect(unread.length).toBeLessThanOrEqual(noise.length);
				expect(noise.subarray(noise.length - unread.length)).toEqual(unread);
				expect(fields.every(({ tag }) => knownBmps.includes(tag))).toBe(true);
			}),
		);
	});
});

describe("objects", () => {
	const primitive = fc.constantFrom(0x07, 0x09, 0x12, 0x44, 0x1f07, 0x1f1f);

	test("come back, of one byte and of two, short and long", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(primitive, fc.uint8Array({ maxLength: 300 })), { maxLength: 6 }), (objects) => {
				const written = Uint8Array.from(Buffer.concat(objects.map(([tag, value]) => encodeTlv(tag, value))));
				const read = decodeTlvs(written);
				expect(read.objects.map(({ tag, value }) => [tag, value])).toEqual(objects);
				expect(read.unread).toHaveLength(0);
			}),
		);
	});

	test("in objects are found at any depth, and lengths past 255 have the high byte first", () => {
		const inner = encodeTlv(0x1f12, bytes("02"));
		expect(findTlv(decodeTlvs(encodeTlv(0x2f, inner)).objects, 0x1f12)).toEqual(bytes("02"));
		expect(hex(encodeTlv(0x07, new Uint8Array(0x12e)).subarray(0, 4))).toBe("07 82 01 2E");
	});

	test("nested without end do not end the program", () => {
		const nested = Uint8Array.from({ length: 4000 }, (_, index) => (index % 2 === 0 ? 0x30 : 0x7f));
		expect(() => decodeTlvs(nested)).not.toThrow();
	});

	test("of any bytes are read or left unread", () => {
		fc.assert(
			fc.property(data, (noise) => {
				const { unread } = decodeTlvs(noise);
				expect(noise.subarray(noise.length - unread.length)).toEqual(unread);
			}),
		);
	});

	test("with a length of 80 can't be told apart from what follows", () => {
		expect(decodeTlvs(bytes("07 80 41")).unread).toEqual(bytes("07 80 41"));
	});
});

// The sheet's own examples, section 8.
describe("commands are written as the sheet has them", () => {
	const settings = { password: "000000", config: "9E", columns: 42 };
	test.each([
		[
			"E1 registration",
			encodeRegistration(settings),
			"06 00 1A 00 00 00 9E 09 78 03 00 06 10 12 01 42 14 01 FF 1A 02 04 00 26 04 0A 02 06 D3",
		],
		["E3 payment", encodeAuthorisation(1995), "06 01 0A 04 00 00 00 00 19 95 49 09 78"],
		[
			"payment that asks for a transaction id",
			encodeAuthorisation(1995, ""),
			"06 01 0F 04 00 00 00 00 19 95 49 09 78 06 03 1F 1F 00",
		],
		[
			"payment that mirrors one",
			encodeAuthorisation(1995, "0017"),
			"06 01 11 04 00 00 00 00 19 95 49 09 78 06 05 1F 1F 02 00 17",
		],
		["refund", encodeRefund("000000", 450), "06 31 0D 00 00 00 04 00 00 00 00 04 50 49 09 78"],
		["E4 recovery", encodeRepeatReceipt("000000", LAST_TRANSACTION), "06 20 05 00 00 00 03 03"],
		["E5 reversal", encodeReversal("000000", "0017"), "06 30 06 00 00 00 87 00 17"],
		["E5 end of day", encodeEndOfDay("000000"), "06 50 03 00 00 00"],
		["E6 status enquiry", encodeStatusEnquiry("000000", STATUS_ONLY), "05 01 05 00 00 00 03 02"],
	])("%s", (_, written, expected) => {
		expect(hex(written)).toBe(expected);
	});
});

describe("statuses", () => {
	test("of an enquiry are read with and without a version, and F0 is a status too", () => {
		expect(decodeTerminalStatus(bytes("00"))).toEqual({ status: 0 });
		expect(decodeTerminalStatus(bytes("F0"))).toEqual({ status: 0xf0 });
		expect(decodeTerminalStatus(bytes("F0 06 00"))).toEqual({ status: 0xf0 });
		expect(decodeTerminalStatus(bytes("F0 F1 F0 4B 48 2D 45 4D 55 20 31 2E 30 00"))).toEqual({
			status: 0,
			version: "KH-EMU 1.0",
		});
		expect(() => decodeTerminalStatus(bytes(""))).toThrow(WireError);
		expect(() => decodeTerminalStatus(bytes("F0 F1 F0 4B"))).toThrow(WireError);
	});

	test("of progress carry minutes and words, and six minutes are no container", () => {
		expect(decodeProgress(bytes("0A"))).toEqual({ status: 0x0a });
		expect(decodeProgress(bytes("0A 06"))).toEqual({ status: 0x0a, minutes: 6 });
		expect(decodeProgress(bytes("0A 15"))).toEqual({ status: 0x0a, minutes: 15 });
		expect(decodeProgress(bytes("FF 06 05 24 03 07 01 41"))).toEqual({ status: 0xff, words: "A" });
		expect(decodeProgress(bytes("FF 06 06 05 24 03 07 01 41"))).toEqual({ status: 0xff, minutes: 6, words: "A" });
		expect(() => decodeProgress(bytes(""))).toThrow(WireError);
	});

	test("of progress say that a card is to be taken out, and never to cancel then", () => {
		expect(progressOf(0x5d)).toEqual({
			nl: "Geweigerd; haal de kaart eruit",
			en: "Declined; take the card out",
			mayCancel: false,
		});
		expect(progressOf(0x0a)).toMatchObject({ mayCancel: true });
		expect(progressOf(0x04)).toMatchObject({ mayCancel: false });
		expect(progressOf(0xff)).toBeUndefined();
	});

	test("that any code says are words in both languages, and none of them an approval", () => {
		for (let code = 1; code <= 0xff; code++) {
			const { nl, en, status } = resultOf(code);
			expect([nl, en].every((words) => words.length > 3)).toBe(true);
			expect(["declined", "cancelled", "failed"]).toContain(status);
		}
		expect(resultOf(0x6c).status).toBe("cancelled");
		expect(resultOf(55).en).toBe("The PIN is incorrect");
	});

	test("of any bytes are read or refused by name", () => {
		fc.assert(
			fc.property(data, (noise) => {
				for (const decode of [decodeTerminalStatus, decodeProgress]) {
					try {
						decode(noise);
					} catch (error) {
						expect(error).toBeInstanceOf(WireError);
					}
				}
			}),
		);
	});
});

test("text is code page 437, without control characters", () => {
	expect(decodeText(bytes("8B 82 E1 00 0A 41 9B"))).toBe("ïéßA¢");
});
