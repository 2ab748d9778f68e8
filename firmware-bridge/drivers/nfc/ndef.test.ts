import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage, NdefError, type NdefRecord } from "./ndef.ts";
import { decodeCapacity, findMessage, type Search } from "./type2-tag.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

// The examples of the protocol sheet, section 5.
test.each<[string, NdefRecord]>([
	["D1 01 11 55 04 6B 61 73 73 61 68 75 62 2E 6E 6C 2F 62 2F 34 32", { kind: "uri", uri: "https://kassahub.nl/b/42" }],
	["D1 01 09 54 02 6E 6C 4B 61 73 73 61 31", { kind: "text", language: "nl", text: "Kassa1" }],
])("%s is read as the sheet has it, and made so", (bytes, record) => {
	expect(decodeMessage(hex(bytes))).toEqual([record]);
	expect(Buffer.from(encodeMessage([record]))).toEqual(Buffer.from(hex(bytes)));
});

describe("messages", () => {
	const language = fc.stringMatching(/^[a-z]{2}(-[A-Z]{2})?$/);
	// A byte order mark is no letter: it doesn't come back.
	const text = fc.string({ unit: "grapheme", maxLength: 60 }).filter((some) => !some.startsWith("\ufeff"));
	const record = fc.oneof<fc.Arbitrary<NdefRecord>[]>(
		fc.record({ kind: fc.constant("text" as const), language, text }),
		fc.record({ kind: fc.constant("uri" as const), uri: fc.oneof(fc.webUrl(), fc.constant("tel:+31101234567"), text) }),
	);

	test("any records come back as they went in", () => {
		fc.assert(
			fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
				fc.pre(encodeMessage(records).length <= 1024);
				expect(decodeMessage(encodeMessage(records))).toEqual(records);
			}),
		);
	});

	test("any bytes at all are records or a named refusal, and so is any message cut off or with a flipped bit", () => {
		const whole = encodeMessage([
			{ kind: "text", language: "nl", text: "Kassa1" },
			{ kind: "uri", uri: "https://kassahub.nl" },
		]);
		const broken = fc
			.tuple(fc.nat(whole.length - 1), fc.nat(7), fc.nat(whole.length))
			.map(([at, bit, end]) => whole.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte)).subarray(0, end));
		fc.assert(
			fc.property(fc.oneof(fc.uint8Array({ maxLength: 1100 }), broken), (bytes) => {
				try {
					expect(decodeMessage(bytes)).toBeInstanceOf(Array);
				} catch (error) {
					expect(error).toBeInstanceOf(NdefError);
				}
			}),
			{ numRuns: 1000 },
		);
	});

	test.each([
		["nothing", ""],
		["a record in chunks", "B1 01 02 54 00 41"],
		["a payload longer than the message", "D1 01 FF 54 02 6E 6C"],
		["a payload of four gigabytes", "C1 01 FF FF FF FF 54"],
		["a second beginning", "91 01 01 54 00 D1 01 01 54 00"],
		["bytes behind the end", "D1 01 01 54 00 00"],
		["a language longer than the record", "D1 01 01 54 3F"],
		["a URI prefix that is not known", "D1 01 01 55 24"],
		["text that is no UTF-8", "D1 01 02 54 00 FF"],
	])("%s is refused", (_, bytes) => {
		expect(() => decodeMessage(hex(bytes))).toThrow(NdefError);
	});

	test("UTF-16 is read by its mark, or as big endian", () => {
		expect(decodeMessage(hex("D1 01 03 54 80 20 AC"))).toEqual([{ kind: "text", language: "", text: "€" }]);
		expect(decodeMessage(hex("D1 01 05 54 80 FF FE AC 20"))).toEqual([{ kind: "text", language: "", text: "€" }]);
	});

	test("a record of another kind is passed over, with an id or not", () => {
		expect(decodeMessage(hex("99 02 01 01 53 70 41 AA 51 01 01 54 00"))).toEqual([
			{ kind: "text", language: "", text: "" },
		]);
	});
});

describe("the memory of a type 2 tag", () => {
	test.each([
		["E1 10 12 00", 144],
		["E1 10 3E 00", 496],
		["E1 10 6D 00", 872],
		["E1 10 FF 00", 1008],
		["00 00 00 00", undefined],
		["E1 20 12 00", undefined],
	])("capability container %s holds %s bytes", (container, capacity) => {
		expect(decodeCapacity(hex(container))).toBe(capacity);
	});

	test.each<[string, string, Search]>([
		["a message", "03 02 AA BB FE", { kind: "message", bytes: hex("AA BB") }],
		[
			"a message behind padding and lock control",
			"00 00 01 03 A0 0C 34 03 01 AA",
			{ kind: "message", bytes: hex("AA") },
		],
		["a message with a long length", "03 FF 00 02 AA BB", { kind: "message", bytes: hex("AA BB") }],
		["an empty tag", "FE", { kind: "none" }],
		["part of a message", "03 05 AA", { kind: "more", need: 7 }],
		["part of a long length", "03 FF 00", { kind: "more", need: 4 }],
		["padding so far", "00 00", { kind: "more", need: 3 }],
	])("finds %s", (_, data, search) => {
		expect(findMessage(hex(data), 144)).toEqual(search);
	});

	test.each(["03 90", "03 FF 10 00", "FD 91", `${"00 ".repeat(143)}03 01`])("%s runs past its end", (data) => {
		expect(() => findMessage(hex(data), 144)).toThrow(NdefError);
	});

	test("any memory is searched to an end, in reads of any length, and never past its capacity", () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ minLength: 144, maxLength: 144 }),
				fc.integer({ min: 1, max: 16 }),
				(memory, step) => {
					let read = 0;
					for (let reads = 0; reads <= 144; reads++) {
						let search: Search;
						try {
							search = findMessage(memory.subarray(0, read), 144);
						} catch (error) {
							expect(error).toBeInstanceOf(NdefError);
							return;
						}
						if (search.kind !== "more") return;
						expect(search.need).toBeGreaterThan(read);
						expect(search.need).toBeLessThanOrEqual(144);
						read = Math.min(144, read + step);
					}
					expect.unreachable("the search goes on for ever");
				},
			),
		);
	});
});
