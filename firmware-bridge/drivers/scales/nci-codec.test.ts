import fc from "fast-check";
import { expect, test } from "vitest";
import { type Answer, decodeAnswer, decodeStatus, type Status, splitAnswers } from "./nci-codec.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const frame = (...lines: string[]): Uint8Array =>
	Uint8Array.from(Buffer.from(`${lines.map((line) => `\n${line}\r`).join("")}\x03`, "latin1"));
const split = (...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = splitAnswers();
	return chunks.flatMap((chunk) => splitter.push(chunk));
};

const still: Status = {
	isMoving: false,
	isAtZero: false,
	isUnderZero: false,
	isOverCapacity: false,
	hasNoZero: false,
	isNet: false,
	defects: [],
};
const stable = bytes("0A 30 30 2E 34 35 36 4B 47 0D 0A 53 30 30 0D 03");
const weight = { kind: "weight", grams: 456, text: "00.456 KG", status: still } as const;

// Frames of the protocol sheet, section 3.
test.each<[string, Uint8Array, Answer]>([
	["E1: a stable weight", stable, weight],
	["E2: motion", bytes("0A 53 31 30 0D 03"), { kind: "status", status: { ...still, isMoving: true } }],
	["E3: at zero", bytes("0A 53 32 30 0D 03"), { kind: "status", status: { ...still, isAtZero: true } }],
	["an unknown command", bytes("0A 3F 0D 03"), { kind: "not-understood" }],
	["older text without S", frame("00.456KG", "00"), weight],
	["an older status without S", frame("10"), { kind: "status", status: { ...still, isMoving: true } }],
	["a fill over capacity", frame("^^^^^^KG", "S00"), { kind: "status", status: { ...still, isOverCapacity: true } }],
	["a fill under zero", frame("______KG", "00"), { kind: "status", status: { ...still, isUnderZero: true } }],
	["a fill without a zero", frame("------", "S00"), { kind: "status", status: { ...still, hasNoZero: true } }],
	["a net weight", frame("00.456KG", "S0p4"), { ...weight, status: { ...still, isNet: true } }],
	["all four status bytes", frame("00.456KG", "S0pp4"), weight],
])("reads %s as the sheet has it", (_, answer, read) => {
	expect(decodeAnswer(answer)).toEqual(read);
});

test.each<[string, Uint8Array, Answer["kind"]]>([
	["pounds", frame("01.005LB", "S00"), "unsuitable"],
	["tenths of grams", frame("0.4560KG", "S00"), "unsuitable"],
	["no unit", frame("00.456", "S00"), "garbled"],
	["a unit in small letters", frame("00.456kg", "S00"), "garbled"],
	["no point", frame("000456KG", "S00"), "garbled"],
	["five characters", frame("0.456KG", "S00"), "garbled"],
	["spaces for digits", frame(" 0.456KG", "S00"), "garbled"],
	["a fill that is not all of one sign", frame("^^^^^_KG", "S00"), "garbled"],
	["no status", frame("00.456KG"), "garbled"],
	["half a status", frame("00.456KG", "S0"), "garbled"],
	["a status that announces a byte too many", frame("00.456KG", "S0p"), "garbled"],
	["a status with a byte that was not announced", frame("00.456KG", "S000"), "garbled"],
	["no LF", stable.subarray(1), "garbled"],
	["no ETX", stable.subarray(0, -1), "garbled"],
	["noise before the LF", Uint8Array.of(0x37, ...stable), "garbled"],
	["even parity taken for data", bytes("0A 30 30 2E B4 35 36 4B 47 8D 0A 53 30 30 8D 03"), "garbled"],
])("offers no weight for %s", (_, answer, kind) => {
	expect(decodeAnswer(answer).kind).toBe(kind);
});

test("every weight a scale can show comes back in exact grams, with or without S", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 99_999 }), fc.constantFrom("S", ""), (grams, letter) => {
			const text = `${String(Math.floor(grams / 1000)).padStart(2, "0")}.${String(grams % 1000).padStart(3, "0")}`;
			expect(decodeAnswer(frame(`${text}KG`, `${letter}00`))).toEqual({ ...weight, grams, text: `${text} KG` });
		}),
	);
});

test("a status is read bit by bit, however many of its bytes the scale gives", () => {
	const bits = fc.integer({ min: 0, max: 15 });
	fc.assert(
		fc.property(fc.array(bits, { minLength: 2, maxLength: 4 }), (all) => {
			const [first = 0, second = 0, third = 0] = all;
			const follows = (index: number): number => (index > 0 && index < all.length - 1 ? 0x40 : 0);
			const characters = all.map((byte, index) => String.fromCharCode(0x30 | follows(index) | byte)).join("");
			const parts = ["RAM", "EEPROM"].filter((_, bit) => first & (4 << bit));
			expect(decodeStatus(characters)).toEqual({
				isMoving: first % 2 === 1,
				isAtZero: (first & 2) === 2,
				isUnderZero: second % 2 === 1,
				isOverCapacity: (second & 2) === 2,
				hasNoZero: (third & 8) === 8,
				isNet: (third & 4) === 4,
				defects: [...parts, ...["ROM", "calibration"].filter((_, bit) => second & (4 << bit))],
			});
		}),
	);
});

test("any bytes at all give an answer or a named fault, never an exception", () => {
	const kinds = ["weight", "status", "not-understood", "unsuitable", "garbled"];
	const near = fc.string({ unit: fc.constantFrom(..."\n\r\x030123456789.KGLBS?p^_-"), maxLength: 24 });
	const noise = fc.oneof(
		fc.uint8Array({ maxLength: 60 }),
		near.map((text) => Uint8Array.from(Buffer.from(`\n${text}\r\x03`, "latin1"))),
	);
	fc.assert(
		fc.property(noise, (stream) => {
			for (const each of [stream, ...split(stream)]) expect(kinds).toContain(decodeAnswer(each).kind);
		}),
	);
});

test("a frame split at any byte, and two in one chunk, come out as they went in", () => {
	for (let at = 0; at <= stable.length; at++) {
		expect(split(stable.subarray(0, at), stable.subarray(at))).toEqual([stable]);
	}
	expect(split(Uint8Array.of(...stable, ...stable))).toEqual([stable, stable]);
});

test("a wrong parity is named, and a bit of it never passes as another weight", () => {
	for (let at = 0; at < stable.length; at++) {
		const spoiled = stable.with(at, (stable[at] ?? 0) | 0x80);
		expect(split(spoiled).map(decodeAnswer)).toMatchObject([{ detail: expect.stringContaining("bit 7 is set") }]);
	}
});

test("an endless stream without an end of frame is cut, not kept", () => {
	const frames = split(new Uint8Array(10_000).fill(0x30));
	expect(Math.max(...frames.map(({ length }) => length))).toBeLessThanOrEqual(24);
});
