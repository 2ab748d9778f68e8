import fc from "fast-check";
import { expect, test } from "vitest";
import {
	type Answer,
	decodeAnswer,
	decodeStatus,
	decodeTestResult,
	encodeTare,
	splitAnswers,
	splitQuestions,
} from "./toledo8217-codec.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const split = (...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = splitAnswers();
	return chunks.flatMap((chunk) => splitter.push(chunk));
};

// Frames of the protocol sheet, section 2.4.
test.each<[string, string, Answer]>([
	["gross weight", "02 30 30 2E 34 35 36 0D", { kind: "weight", grams: 456, net: false, text: "00.456" }],
	["net weight", "02 30 30 2E 34 35 36 4E 0D", { kind: "weight", grams: 456, net: true, text: "00.456N" }],
	["motion", "02 3F 41 0D", { kind: "byte", byte: 0x41 }],
	["test started", "02 0D", { kind: "test-started" }],
	["spaces before the digits", "02 20 31 2E 32 35 30 0D", { kind: "weight", grams: 1250, net: false, text: " 1.250" }],
])("reads %s as the sheet has it", (_, hex, answer) => {
	expect(decodeAnswer(bytes(hex))).toEqual(answer);
});

test.each([
	["pounds", "02 30 31 2E 32 35 0D"],
	["a frame without its STX", "30 30 2E 34 35 36 0D"],
	["a frame without its CR", "02 30 30 2E 34 35 36"],
	["noise before the STX", "31 02 30 30 2E 34 35 36 0D"],
	["a second STX inside", "02 30 30 02 34 35 36 0D"],
	["even parity taken for data", "82 30 30 2E B4 35 36 8D"],
	["a minus sign", "02 2D 30 2E 34 35 36 0D"],
])("offers no weight for %s", (_, hex) => {
	expect(decodeAnswer(bytes(hex)).kind).toBe("garbled");
});

test("every weight a scale can show comes back in exact grams", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 99_999 }), fc.boolean(), (grams, net) => {
			const text = `${String(Math.floor(grams / 1000)).padStart(2, "0")}.${String(grams % 1000).padStart(3, "0")}${net ? "N" : ""}`;
			expect(decodeAnswer(Buffer.from(`\x02${text}\r`))).toEqual({ kind: "weight", grams, net, text });
		}),
	);
});

test("any bytes at all give an answer or a named fault, never an exception", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
			for (const frame of split(noise))
				expect(["weight", "byte", "test-started", "garbled"]).toContain(decodeAnswer(frame).kind);
		}),
	);
});

test("a frame split at any byte, and two in one chunk, come out as they went in", () => {
	const frame = bytes("02 30 30 2E 34 35 36 0D");
	for (let at = 0; at <= frame.length; at++) {
		expect(split(frame.subarray(0, at), frame.subarray(at))).toEqual([frame]);
	}
	expect(split(Uint8Array.of(...frame, ...frame))).toEqual([frame, frame]);
});

test("one flipped bit of a weight's digits never passes parity as another weight", () => {
	// With 7 bits and parity a flipped bit is the port's to refuse; in 8 bits it shows as bit 7.
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 6 }), (index) => {
			const frame = bytes("02 30 30 2E 34 35 36 0D");
			frame[index] = (frame[index] ?? 0) | 0x80;
			expect(decodeAnswer(frame).kind).toBe("garbled");
		}),
	);
});

test("an endless stream without an end of frame is cut, not kept", () => {
	const frames = split(new Uint8Array(10_000).fill(0x30));
	expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThanOrEqual(16);
});

test("status bits are read by mask, and a byte without bit 6 is no status", () => {
	expect(decodeStatus(0x50)).toMatchObject({ isAtZero: true, isMoving: false, mayBeNet: false });
	expect(decodeStatus(0x61)).toMatchObject({ isMoving: true, mayBeNet: true });
	expect(decodeStatus(0x42)).toMatchObject({ isOverCapacity: true });
	expect(decodeStatus(0x44)).toMatchObject({ isUnderZero: true });
	expect(decodeStatus(0x10)).toBeUndefined();
});

test("a confidence test names what failed, and no result is no pass", () => {
	expect(decodeTestResult(0x40)).toEqual({ failures: [] });
	expect(decodeTestResult(0x52)).toEqual({ failures: ["ROM", "NOVRAM"] });
	expect(decodeTestResult(0x00)).toBeUndefined();
});

test("a digital tare is five digits of grams", () => {
	expect(Buffer.from(encodeTare(20)).toString("hex")).toBe("5430303032300d");
});

test("questions in one chunk are told apart, and a tare goes on to its CR", () => {
	const questions = splitQuestions().push(Buffer.from("WT00020\rZT\rC"));
	expect(questions.map((question) => Buffer.from(question).toString())).toEqual(["W", "T00020\r", "Z", "T\r", "C"]);
});
