import fc from "fast-check";
import { expect, test } from "vitest";
import { remainderOf, turnedCheckSums } from "./dialog06-checksums.ts";
import {
	type Answer,
	decodeAnswer,
	encodeCheckSums,
	encodeOrder,
	maskCheckSums,
	REQUEST_STATUS,
	splitRecords,
} from "./dialog06-codec.ts";
import { dialog06Wire } from "./dialog06-wire.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hex = (frame: Uint8Array): string => Buffer.from(frame).toString("hex");
const split = (...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = splitRecords();
	return chunks.flatMap((chunk) => splitter.push(chunk));
};
/** What a register's message says to people: the frame behind its EOT. */
const explained = (message: Uint8Array): Record<string, unknown> => {
	const [eot, record, ...others] = split(message);
	expect(eot).toEqual(Uint8Array.of(0x04));
	expect(others).toEqual([]);
	return dialog06Wire.explain(record ?? new Uint8Array(), "out");
};

const result = "02 30 32 1B 33 1B 30 30 34 35 36 1B 30 30 30 33 39 39 1B 30 30 30 31 38 32 03";

// Records of the protocol sheet, section 1.8.
test.each<[string, string, Answer]>([
	["E1: a result", result, { kind: "result", grams: 456, unitPrice: 399, total: 182, text: "00456 000399 000182" }],
	["E2: the status in motion", "02 30 39 1B 32 30 03", { kind: "status", code: "20" }],
	["E3: a challenge", "02 31 31 1B 32 34 37 03", { kind: "challenge", random: 0x47 }],
	["E3: a verdict", "02 31 31 1B 31 03", { kind: "verdict", isValid: true }],
	["check sums that are wrong", "02 31 31 1B 30 03", { kind: "verdict", isValid: false }],
	["ACK", "06", { kind: "ack" }],
	["NAK", "15", { kind: "nak" }],
])("reads %s as the sheet has it", (_, frame, answer) => {
	expect(decodeAnswer(bytes(frame))).toEqual(answer);
});

test("orders, and the question why, are those of the sheet", () => {
	expect(hex(encodeOrder({ unitPrice: 399 }, 6))).toBe(hex(bytes("04 02 30 31 1B 30 30 30 33 39 39 1B 03")));
	expect(hex(encodeOrder({ unitPrice: 399, tareGrams: 20 }, 6))).toBe(
		hex(bytes("04 02 30 33 1B 30 30 30 33 39 39 1B 30 30 32 30 03")),
	);
	expect(hex(REQUEST_STATUS)).toBe(hex(bytes("04 02 30 38 03")));
	expect(Buffer.from(encodeOrder({ unitPrice: 399, tareGrams: 20, text: "Goudse kaas, jong" }, 5)).toString()).toBe(
		"\x04\x0205\x1b00399\x1b0020\x1bGoudse kaas, \x03",
	);
});

test("check sums are bound and turned as in the sheet's example", () => {
	expect(remainderOf(0xb0a1, 0x11021)).toBe(0xbbc6);
	expect(turnedCheckSums([0xb0a1], 0x11021, 0x47)).toBe("0A1B8D77");
	expect(hex(encodeCheckSums("0A1B8D77"))).toBe(hex(bytes("04 02 31 30 1B 30 41 31 42 38 44 37 37 03")));
});

test("a remainder is that of long division, for any check sum and generator", () => {
	const longDivision = (checksum: number, generator: number): number => {
		let rest = BigInt(checksum) << 16n;
		for (let bit = 31n; bit >= 16n; bit--) if ((rest >> bit) & 1n) rest ^= BigInt(generator) << (bit - 16n);
		return Number(rest);
	};
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 0xffff }),
			fc.integer({ min: 0x10000, max: 0x1ffff }),
			(checksum, generator) => {
				expect(remainderOf(checksum, generator)).toBe(longDivision(checksum, generator));
			},
		),
	);
});

test("turned check sums turn back, by any random number", () => {
	const back = (text: string, left: number): number => {
		const value = Number.parseInt(text, 16);
		return ((value << left) | (value >>> (16 - left))) & 0xffff;
	};
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xff }), (checksum, random) => {
			const text = turnedCheckSums([checksum], 0x11021, random);
			expect(back(text.slice(0, 4), 16 - (random >> 4))).toBe(checksum);
			expect(back(text.slice(4), random & 0x0f)).toBe(remainderOf(checksum, 0x11021));
		}),
	);
});

test.each([
	["pounds", result.replace("1B 33", "1B 30"), "unsuitable"],
	["a record without its STX", result.slice(3), "garbled"],
	["a record without its ETX", result.slice(0, -3), "garbled"],
	["a digit too few", result.replace("1B 30 30 34", "1B 30 34"), "garbled"],
	["a minus sign", result.replace("1B 30 30 34", "1B 2D 30 34"), "garbled"],
	["parity taken for data", "82 B0 32 9B B3", "garbled"],
	["an answer of another scale", "02 3F 41 03", "garbled"],
	["a price with seven digits", result.replace("30 30 30 33 39 39", "30 30 30 30 33 39 39"), "garbled"],
])("offers no weight for %s", (_, frame, kind) => {
	expect(decodeAnswer(bytes(frame)).kind).toBe(kind);
});

const cents = fc.integer({ min: 0, max: 999_999 });
const grams = fc.integer({ min: 0, max: 99_999 });

test("every result comes back with the scale's own grams and cents", () => {
	fc.assert(
		fc.property(grams, cents, cents, (weight, unitPrice, total) => {
			const fields = [
				String(weight).padStart(5, "0"),
				String(unitPrice).padStart(6, "0"),
				String(total).padStart(6, "0"),
			];
			const frame = Buffer.from(`\x0202\x1b3\x1b${fields.join("\x1b")}\x03`);
			expect(decodeAnswer(frame)).toEqual({ kind: "result", grams: weight, unitPrice, total, text: fields.join(" ") });
		}),
	);
});

test("every order says to a reader of the wire what was ordered", () => {
	const tare = fc.option(fc.integer({ min: 0, max: 9999 }), { nil: undefined });
	const text = fc.option(fc.string({ unit: fc.constantFrom(..."abc XYZ019.,"), maxLength: 13 }), { nil: undefined });
	fc.assert(
		fc.property(cents, tare, text, (unitPrice, tareGrams, words) => {
			const order = {
				unitPrice,
				...(tareGrams === undefined ? {} : { tareGrams }),
				...(words === undefined ? {} : { text: words }),
			};
			const { record, ...said } = explained(encodeOrder(order, 6));
			expect(record).toMatch(/^0[1345]$/);
			expect(said).toEqual(words === undefined ? order : { ...order, text: words.trimEnd() });
		}),
	);
});

test("an article's name cannot command the scale", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (text) => {
			const message = Buffer.from(encodeOrder({ unitPrice: 1, text }, 6)).toString("latin1");
			expect(message.slice(0, 12)).toBe("\x04\x0204\x1b000001\x1b");
			expect(message.slice(12, -1)).toMatch(/^[ -~]{13}$/);
			expect(message.at(-1)).toBe("\x03");
		}),
	);
	expect(Buffer.from(encodeOrder({ unitPrice: 1, text: "Crème fraîche €" }, 6)).toString()).toContain("Creme fraiche");
});

test("what has no room in its field is refused, not cut", () => {
	expect(() => encodeOrder({ unitPrice: 100_000 }, 5)).toThrow(RangeError);
	expect(() => encodeOrder({ unitPrice: 1_000_000 }, 6)).toThrow(RangeError);
	expect(() => encodeOrder({ unitPrice: 399, tareGrams: 10_000 }, 6)).toThrow(RangeError);
	expect(() => encodeOrder({ unitPrice: 3.99 }, 6)).toThrow(RangeError);
});

test("any bytes at all give an answer or a named fault, never an exception", () => {
	const kinds = ["ack", "nak", "result", "status", "challenge", "verdict", "unsuitable", "garbled"];
	const noisy = fc.array(fc.constantFrom(0x02, 0x03, 0x06, 0x15, 0x1b, 0x30, 0x31, 0x32, 0x33, 0x39, 0x80), {
		maxLength: 60,
	});
	fc.assert(
		fc.property(
			fc.oneof(
				fc.uint8Array({ maxLength: 60 }),
				noisy.map((list) => Uint8Array.from(list)),
			),
			(noise) => {
				const frames = split(noise);
				for (const frame of frames) expect(kinds).toContain(decodeAnswer(frame).kind);
				expect(frames.reduce((sum, frame) => sum + frame.length, 0)).toBeLessThanOrEqual(noise.length);
			},
		),
	);
});

test("a record split at any byte, and two in one chunk, come out as they went in", () => {
	const frame = bytes(result);
	for (let at = 0; at <= frame.length; at++) {
		expect(split(frame.subarray(0, at), frame.subarray(at))).toEqual([frame]);
	}
	expect(split(Uint8Array.of(...frame, ...frame))).toEqual([frame, frame]);
	expect(split(Uint8Array.of(0x06, ...frame))).toEqual([Uint8Array.of(0x06), frame]);
});

test("an endless stream without an end of record is cut, not kept", () => {
	const frames = split(Uint8Array.of(0x02, ...new Uint8Array(10_000).fill(0x30)));
	expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThanOrEqual(48);
});

test("no check sum and no remainder is kept, explained or complained about", () => {
	const pairs = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 5 });
	fc.assert(
		fc.property(pairs, fc.integer({ min: 0, max: 0xff }), (checksums, random) => {
			const turned = turnedCheckSums(checksums, 0x1a2b3, random);
			const [, record = new Uint8Array()] = split(encodeCheckSums(turned));
			const kept = maskCheckSums(record);
			expect(kept).toHaveLength(record.length);
			expect(Buffer.from(kept).toString()).toBe(`\x0210\x1b${"*".repeat(turned.length)}\x03`);
			const said = { record: "10", gives: "check sums", pairs: checksums.length };
			expect(dialog06Wire.explain(kept, "out")).toEqual(said);
			expect(dialog06Wire.explain(record, "out")).toEqual(said);
			expect(JSON.stringify(decodeAnswer(record))).not.toContain(Buffer.from(turned).toString("hex"));
		}),
	);
	expect(maskCheckSums(bytes(result))).toEqual(bytes(result));
});
