import fc from "fast-check";
import { expect, test } from "vitest";
import type { Direction } from "../../links/link.ts";
import { WireError } from "../wire.ts";
import { escposWire } from "./escpos-wire.ts";
import { receipt } from "./receipt.testing.ts";
import { encodeReceipt } from "./receipt.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const framesOf = (direction: Direction, ...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = escposWire.frames(direction);
	return chunks.flatMap((chunk) => splitter.push(chunk));
};
const read = (direction: Direction, hex: string): unknown[] =>
	framesOf(direction, bytes(hex)).map((frame) => escposWire.explain(frame, direction));
const commandsOf = (frames: Uint8Array[]): string[] =>
	frames.flatMap((frame) => escposWire.explain(frame, "out").commands as string[]);

// Examples of the protocol sheet, sections 3, 5, 6 and 8.
test("a receipt is read by its commands' names, its text in the letters of its page", () => {
	const hex =
		"1B401B74131B61011B45011D21114B4153534148554 20A1D21001B45001B6100546F7461616C20D52031392C39350A1B64031D5642001D28480600303030303432";
	expect(commandsOf(framesOf("out", bytes(hex)))).toEqual([
		"initialise",
		"code page 858",
		"align centre",
		"bold on",
		"size 2 by 2",
		"text KASSAHUB",
		"line feed",
		"size 1 by 1",
		"bold off",
		"align left",
		"text Totaal € 19,95",
		"line feed",
		"feed 3 lines",
		"cut partly",
		"ask process id 0042 when printed",
	]);
	expect(commandsOf([bytes("1b741080 20 1b7400d5")])).toEqual(["code page 1252", "text € ", "code page 437", "text ╒"]);
});

test.each([
	["1B700019FA", "drawer pulse on pin 2, 50 ms on, 500 ms off"],
	["1014010102", "drawer pulse at once on pin 5, 200 ms"],
	["10140801031401060208", "drop all data at once"],
	["100402", "ask status 2 at once"],
	["100501", "go on after an error"],
	["1D7201", "ask paper status in its turn"],
	["1D610F", "tell by itself: 0f"],
	["1D4943", "ask model"],
	["1D6B43 0C 383731323334353030303031", "barcode EAN-13 871234500001"],
	["1D6B02 383731323334353030303031 00", "barcode EAN-13 871234500001"],
	["1D286B 0400 31 41 3200", "QR model 2"],
	["1D286B 0300 31 45 31", "QR error level M"],
	["1D286B 0700 31 50 30 74 2F 34 32", "QR data t/42"],
	["1D286B 0300 31 51 30", "print the QR code"],
	["1D763000 0200 0100 FF00", "picture of 16 by 1 dots"],
	["1B7A", "unknown command 1b 7a"],
])("%s is one command: %s", (hex, words) => {
	expect(read("out", hex)).toEqual([{ commands: [words] }]);
});

test("what the printer says is read as its status, its answers and its words", () => {
	expect(read("in", "10 00 00 0F 38 00 00 0F 10 00 03 0F 14 00 00 0F")).toEqual([
		{ tellsByItself: [] },
		{ tellsByItself: ["off line", "cover open"] },
		{ tellsByItself: ["paper near its end"] },
		{ tellsByItself: ["drawer pin high"] },
	]);
	expect(read("in", "37 22 30 30 34 32 00 11 13 0C 5F 45 50 53 4F 4E 00 37 25 00")).toEqual([
		{ printed: "0042" },
		{ flow: "XON" },
		{ flow: "XOFF" },
		{ paperStatus: "0c" },
		{ identity: "EPSON" },
		{ block: "%" },
	]);
	expect(read("in", "32")).toEqual([
		{
			ifAskedFor1: [],
			ifAskedFor2: ["paper out"],
			ifAskedFor3: ["error that only the power switch mends"],
			ifAskedFor4: ["paper out"],
		},
	]);
	expect(() => escposWire.explain(bytes("ff"), "in")).toThrow(WireError);
	expect(() => escposWire.explain(bytes("4b"), "in")).toThrow(WireError);
});

test("a whole receipt is the same commands wherever its bytes are parted, in frames that fit the recorder", () => {
	const job = encodeReceipt(receipt, { columns: 48, codePage: 858 }).bytes;
	const whole = framesOf("out", job);
	const ends = new Set<number>();
	for (const frame of whole) {
		ends.add((ends.size === 0 ? 0 : Math.max(...ends)) + frame.length);
		expect(frame.length).toBeLessThanOrEqual(200);
	}
	for (let at = 0; at <= job.length; at++) {
		const frames = framesOf("out", job.subarray(0, at), job.subarray(at));
		expect(Buffer.concat(frames)).toEqual(Buffer.from(job));
		// A text that is parted is two texts; nothing else may differ.
		const said = commandsOf(frames)
			.join("|")
			.replace(/(text [^|]*)\|text ([^|]*)/g, "$1$2");
		expect(said).toBe(commandsOf(whole).join("|"));
	}
});

test("any bytes at all are read or refused, and none are lost", () => {
	fc.assert(
		fc.property(
			fc.uint8Array({ maxLength: 300 }),
			fc.nat(300),
			fc.constantFrom<Direction>("in", "out"),
			(noise, at, way) => {
				const splitter = escposWire.frames(way);
				const frames = [...splitter.push(noise.subarray(0, at)), ...splitter.push(noise.subarray(at))];
				const kept = Buffer.concat(frames);
				expect(Buffer.from(noise.subarray(0, kept.length))).toEqual(kept);
				expect(splitter.discard()).toBe(kept.length < noise.length);
				for (const frame of frames) {
					try {
						expect(JSON.stringify(escposWire.explain(frame, way))).toMatch(/^\{"/);
					} catch (error) {
						expect(error).toBeInstanceOf(WireError);
					}
				}
			},
		),
		{ numRuns: 300 },
	);
});

test("a picture that the recorder cut short is still named, and one without end keeps nothing waiting", () => {
	const picture = Buffer.concat([bytes("1D763000 4800 FF00"), Buffer.alloc(72 * 255)]);
	expect(framesOf("out", picture)).toHaveLength(1);
	expect(escposWire.explain(picture.subarray(0, 512), "out")).toEqual({
		commands: ["picture of 576 by 255 dots, cut off"],
	});
	expect(framesOf("out", bytes("1D763000 FFFF FFFF 00"), bytes("1B40"))).toHaveLength(2);
	expect(framesOf("out", bytes("1D6B02"), Buffer.alloc(300, 0x41), bytes("1B40")).length).toBeGreaterThan(1);
});
