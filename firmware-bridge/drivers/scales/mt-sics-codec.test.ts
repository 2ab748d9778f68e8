import fc from "fast-check";
import { expect, test } from "vitest";
import { type Answer, decodeAnswer, encodeTare, splitLines, TARE_VALUE, WEIGH_NOW, ZERO } from "./mt-sics-codec.ts";
import { mtSicsWire } from "./mt-sics-wire.ts";

const line = (text: string): Uint8Array => Uint8Array.from(Buffer.from(`${text}\r\n`, "latin1"));
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const split = (...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = splitLines();
	return chunks.flatMap((chunk) => splitter.push(chunk));
};

const stable = bytes("53 20 53 20 20 20 20 20 20 30 2E 34 35 36 20 6B 67 0D 0A");
const value = { id: "S", status: "S", isNegative: false, unit: "kg" } as const;

// Lines of the protocol sheet, section 5.
test.each<[string, Uint8Array, Answer]>([
	["E1: a stable weight", stable, { kind: "value", ...value, grams: 456, text: "0.456 kg" }],
	["E2: motion", line("S D      0.312 kg"), { kind: "value", ...value, status: "D", grams: 312, text: "0.312 kg" }],
	["E3: overload", bytes("53 20 2B 0D 0A"), { kind: "word", id: "S", word: "+" }],
	["E3: an error", bytes("45 53 0D 0A"), { kind: "error", code: "ES" }],
	["a serial number", line('I4 A "123"'), { kind: "text", id: "I4", text: "123" }],
])("reads %s as the sheet has it", (_, frame, answer) => {
	expect(decodeAnswer(frame)).toEqual(answer);
});

test.each<[string, Partial<Answer>]>([
	["S S     100 g", { kind: "value", grams: 100, unit: "g" }],
	["S S    0.46 kg", { kind: "value", grams: 460 }],
	["S S  -0.020 kg", { kind: "value", grams: 20, isNegative: true }],
	["S -", { kind: "word", id: "S", word: "-" }],
	["Z A", { kind: "word", id: "Z", word: "A" }],
	["T S     0.120 kg", { kind: "value", id: "T", status: "S", grams: 120 }],
	["TA A    0.020 kg", { kind: "value", id: "TA", status: "A", grams: 20 }],
	["TA L", { kind: "word", id: "TA", word: "L" }],
	["TAC A", { kind: "word", id: "TAC", word: "A" }],
	['I2 A "IND226x "CPL" 15 kg"', { kind: "text", text: 'IND226x "CPL" 15 kg' }],
])("reads %s", (text, answer) => {
	expect(decodeAnswer(line(text))).toMatchObject(answer);
});

test.each([
	["tenths of grams", "S S    0.4565 kg"],
	["tenths of grams that happen to be none", "S S    0.4560 kg"],
	["tenths of grams in grams", "S S    456.0 g"],
	["pounds", "S S    1.005 lb"],
	["carats", "S S  2280.00 ct"],
])("refuses %s, and never rounds them", (_, text) => {
	expect(decodeAnswer(line(text)).kind).toBe("unsuitable");
});

test.each([
	["a word too much", line("S S 0.456 kg 0")],
	["lower case", line("s s 0.456 kg")],
	["a comma", line("S S 0,456 kg")],
	["an exponent", line("S S 4e2 g")],
	["no unit", line("S S 0.456")],
	["LF alone", bytes("53 20 53 20 30 2E 34 35 36 20 6B 67 0A")],
	["bit 7 set in a digit", bytes("53 20 53 20 30 2E B4 35 36 20 6B 67 0D 0A")],
	["noise before it", line("7S S 0.456 kg")],
])("offers no weight for %s", (_, frame) => {
	expect(decodeAnswer(frame).kind).toBe("garbled");
});

const grams = fc.integer({ min: 0, max: 99_999 });
const inKilograms = (weight: number): string =>
	`${Math.floor(weight / 1000)}.${String(weight % 1000).padStart(3, "0")}`;

test("every weight a scale can show comes back in exact grams, in kilograms or grams", () => {
	fc.assert(
		fc.property(grams, fc.boolean(), (weight, isNegative) => {
			const sign = isNegative ? "-" : "";
			for (const [text, unit] of [
				[inKilograms(weight), "kg"],
				[String(weight), "g"],
			]) {
				const answer = decodeAnswer(line(`S S ${`${sign}${text}`.padStart(10)} ${unit}`));
				expect(answer).toMatchObject({
					kind: "value",
					grams: weight,
					isNegative,
					unit,
					text: `${sign}${text} ${unit}`,
				});
			}
		}),
	);
});

test("a tare that is set is the tare that the scale reads", () => {
	fc.assert(
		fc.property(grams, fc.constantFrom("kg" as const, "g" as const), (weight, unit) => {
			const said = Buffer.from(encodeTare(weight, unit)).toString("latin1").replace(/^TA /, "TA A ");
			expect(decodeAnswer(Buffer.from(said, "latin1"))).toMatchObject({ kind: "value", id: "TA", grams: weight, unit });
		}),
	);
	expect(Buffer.from(encodeTare(20, "kg")).toString()).toBe("TA 0.020 kg\r\n");
});

test("any bytes at all give an answer or a named fault, never an exception", () => {
	const kinds = ["value", "text", "word", "error", "unsuitable", "garbled"];
	const near = fc.string({ unit: fc.constantFrom(...'SDATZI +-0123456789.kg"'), maxLength: 30 }).map(line);
	fc.assert(
		fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), near), (noise) => {
			for (const frame of split(noise)) expect(kinds).toContain(decodeAnswer(frame).kind);
			expect(kinds).toContain(decodeAnswer(noise).kind);
		}),
	);
});

test("a line split at any byte, and two in one chunk, come out as they went in", () => {
	for (let at = 0; at <= stable.length; at++) {
		expect(split(stable.subarray(0, at), stable.subarray(at))).toEqual([stable]);
	}
	expect(split(Uint8Array.of(...stable, ...stable))).toEqual([stable, stable]);
});

test("an endless stream without an end of line is cut, not kept", () => {
	const frames = split(new Uint8Array(10_000).fill(0x30));
	expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThanOrEqual(120);
});

test("a reader of the wire sees both sides", () => {
	const out = (frame: Uint8Array) => mtSicsWire.explain(frame, "out");
	expect(split(WEIGH_NOW, ZERO, TARE_VALUE).map(out)).toEqual([
		{ command: "SI", asks: "the weight now" },
		{ command: "Z", asks: "zero, once it is still" },
		{ command: "TA", asks: "the tare value" },
	]);
	expect(out(encodeTare(20, "kg"))).toEqual({ command: "TA", asks: "the tare value", parameters: "0.020 kg" });
	expect(() => out(line("constructor"))).toThrow("no command that is known here");
	expect(mtSicsWire.explain(line("S S -0.020 kg"), "in")).toEqual({
		answers: "S",
		state: "stable",
		value: "-0.020 kg",
		grams: -20,
	});
	expect(() => mtSicsWire.explain(line("hallo"), "in")).toThrow("no answer of this protocol");
});
