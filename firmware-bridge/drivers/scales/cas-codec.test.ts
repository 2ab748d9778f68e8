import fc from "fast-check";
import { expect, test } from "vitest";
import { type Answer, decodeAnswer, splitAnswers } from "./cas-codec.ts";
import { casWire } from "./cas-wire.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const split = (...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = splitAnswers();
	return chunks.flatMap((chunk) => splitter.push(chunk));
};
/** A frame around ten characters, with the check character that belongs to them. */
const framed = (body: string): Uint8Array => {
	const characters = Buffer.from(body, "latin1");
	return Uint8Array.of(
		0x01,
		0x02,
		...characters,
		characters.reduce((bcc, byte) => bcc ^ byte, 0),
		0x03,
		0x04,
	);
};

const stable = "01 02 53 20 30 30 2E 34 35 36 6B 67 66 03 04";

// Frames of the protocol sheet, section 4.
test.each<[string, string, Answer]>([
	["E1: a stable weight", stable, { kind: "stable", grams: 456, text: "00.456 kg" }],
	["E2: an unstable weight", "01 02 55 20 30 30 2E 33 31 32 6B 67 67 03 04", { kind: "moving" }],
	["ACK", "06", { kind: "ack" }],
	["E3: NAK", "15", { kind: "nak" }],
])("reads %s as the sheet has it", (_, frame, answer) => {
	expect(decodeAnswer(bytes(frame))).toEqual(answer);
});

test.each<[string, string, Answer["kind"]]>([
	["overload", "SFFFFFFFkg", "over-capacity"],
	["below zero", "S-00.020kg", "under-zero"],
	["pounds", "S 001.25lb", "unsuitable"],
	["tenths of grams", "S 0.4565kg", "unsuitable"],
	["an overload with digits", "SF00.456kg", "garbled"],
	["no digits and no overload", "S FFFFFFkg", "garbled"],
	["a stability that is neither", "X 00.456kg", "garbled"],
	["two points", "S 0.4.56kg", "garbled"],
])("offers no weight for %s", (_, body, kind) => {
	expect(decodeAnswer(framed(body)).kind).toBe(kind);
});

test("Kg is kg, and spaces may stand for leading zeros", () => {
	expect(decodeAnswer(framed("S 00.456Kg"))).toMatchObject({ kind: "stable", grams: 456 });
	expect(decodeAnswer(framed("S  1.250kg"))).toMatchObject({ kind: "stable", grams: 1250 });
});

const weightText = (grams: number): string =>
	`${String(Math.floor(grams / 1000)).padStart(2, "0")}.${String(grams % 1000).padStart(3, "0")}`;

test("every weight a scale can show comes back in exact grams", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 99_999 }), (grams) => {
			const text = weightText(grams);
			expect(decodeAnswer(framed(`S ${text}kg`))).toEqual({ kind: "stable", grams, text: `${text} kg` });
		}),
	);
});

test("one flipped bit never passes as another weight", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 99_999 }),
			fc.integer({ min: 0, max: 14 }),
			fc.integer({ min: 0, max: 7 }),
			(grams, index, bit) => {
				const frame = framed(`S ${weightText(grams)}kg`);
				frame[index] = (frame[index] ?? 0) ^ (1 << bit);
				expect(split(frame).map((each) => decodeAnswer(each).kind)).not.toContain("stable");
			},
		),
	);
});

test("any bytes at all give an answer or a named fault, never an exception", () => {
	const kinds = ["ack", "nak", "stable", "moving", "under-zero", "over-capacity", "unsuitable", "garbled"];
	const body = fc.string({ unit: fc.constantFrom(..."SU -F0123456789.kglb"), minLength: 10, maxLength: 10 });
	fc.assert(
		fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), body.map(framed)), (noise) => {
			for (const frame of split(noise)) expect(kinds).toContain(decodeAnswer(frame).kind);
		}),
	);
});

test("a frame split at any byte, and two in one chunk, come out as they went in, whatever their check character", () => {
	// The check characters of these look like SOH, ETX and EOT.
	for (const frame of [bytes(stable), framed("\x01\0\0\0\0\0\0\0\0\0"), framed("\x03\0\0\0\0\0\0\0\0\0")]) {
		for (let at = 0; at <= frame.length; at++) {
			expect(split(frame.subarray(0, at), frame.subarray(at))).toEqual([frame]);
		}
		expect(split(Uint8Array.of(...frame, ...frame))).toEqual([frame, frame]);
	}
});

test("an endless stream is cut, not kept", () => {
	const frames = split(new Uint8Array(10_000).fill(0x01));
	expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThanOrEqual(15);
});

test("a reader of the wire sees both sides", () => {
	expect(
		casWire
			.frames("out")
			.push(bytes("05 11"))
			.map((frame) => casWire.explain(frame, "out")),
	).toEqual([
		{ control: "ENQ", asks: "whether there is a weight" },
		{ control: "DC1", asks: "the weight" },
	]);
	const said = casWire
		.frames("in")
		.push(bytes(`06 ${stable}`))
		.map((frame) => casWire.explain(frame, "in"));
	expect(said).toEqual([{ control: "ACK" }, { state: "stable", weight: "00.456 kg", grams: 456 }]);
	expect(() => casWire.explain(bytes("07"), "out")).toThrow("no request of this protocol");
	expect(() => casWire.explain(bytes("07"), "in")).toThrow("neither ACK, NAK nor a frame (07)");
});
