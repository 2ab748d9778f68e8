import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EmulatedKeyboardScanner, type KeyboardMisbehaviour } from "../../emulators/keyboard-scanner.ts";
import { decodeEvent, Keyboard, splitEvents } from "./evdev-codec.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** What a scanner's events spell: text, `⏎` for an end, `✗` where something was lost. */
function spell(scan: (scanner: EmulatedKeyboardScanner) => void, eventBytes: 16 | 24 = 24, chunkBytes = 4096): string {
	const sent: Uint8Array[] = [];
	scan(new EmulatedKeyboardScanner((bytes) => sent.push(bytes), eventBytes));
	const bytes = Buffer.concat(sent);
	const splitter = splitEvents(eventBytes);
	const keyboard = new Keyboard();
	let spelt = "";
	for (let at = 0; at < bytes.length; at += chunkBytes) {
		for (const frame of splitter.push(bytes.subarray(at, at + chunkBytes))) {
			const event = decodeEvent(frame);
			const stroke = event && keyboard.push(event);
			if (stroke) spelt += stroke.kind === "character" ? stroke.character : { end: "⏎", lost: "✗" }[stroke.kind];
		}
	}
	return spelt;
}

test("the sheet's example is the press of key 8", () => {
	const event = decodeEvent(hex("00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 09 00 01 00 00 00"));
	expect(event).toEqual({ atMs: 0, type: 1, code: 9, value: 1 });
	expect(event && new Keyboard().push(event)).toEqual({ kind: "character", character: "8" });
});

describe.each([24, 16] as const)("events of %i bytes", (eventBytes) => {
	test("whatever a US keyboard can type comes out as it went in, in chunks of any size", () => {
		const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
		const text = fc.string({ unit: fc.constantFrom(...printable, "\u001d"), maxLength: 40 });
		fc.assert(
			fc.property(text, fc.integer({ min: 1, max: 200 }), (code, chunkBytes) => {
				expect(spell((scanner) => scanner.scan(code), eventBytes, chunkBytes)).toBe(`${code}⏎`);
			}),
		);
	});

	test("times are the kernel's", () => {
		const [first] = (() => {
			const sent: Uint8Array[] = [];
			new EmulatedKeyboardScanner((bytes) => sent.push(bytes), eventBytes).scan("1");
			return splitEvents(eventBytes).push(Buffer.concat(sent));
		})();
		expect(first && decodeEvent(first)?.atMs).toBe(1_764_000_000_002);
	});
});

test.each<[string, Partial<KeyboardMisbehaviour>, string]>([
	["a key that the kernel repeats is one key", { repeatsKeys: true }, "8712⏎"],
	["where the kernel's queue ran over, something is lost", { overruns: true }, "87✗⏎"],
])("%s", (_, misbehaviour, spelt) => {
	expect(
		spell((scanner) => {
			scanner.misbehave(misbehaviour);
			scanner.scan("8712");
		}),
	).toBe(spelt);
});

const press = (code: number) => ({ atMs: 0, type: 1, code, value: 1 });

test("a shift whose release was lost does not stay down", () => {
	const keyboard = new Keyboard();
	keyboard.push(press(42));
	expect(keyboard.push({ atMs: 0, type: 0, code: 3, value: 0 })).toMatchObject({ kind: "lost" });
	expect(keyboard.push(press(30))).toBeUndefined();
	keyboard.push({ atMs: 0, type: 0, code: 0, value: 0 });
	expect(keyboard.push(press(30))).toEqual({ kind: "character", character: "a" });
});

test("F8 types FNC1, and a key that is not known is never left out in silence", () => {
	const keyboard = new Keyboard();
	expect(keyboard.push(press(66))).toEqual({ kind: "character", character: "\u001d" });
	expect(keyboard.push(press(103))).toMatchObject({ kind: "lost" });
	keyboard.push(press(56));
	expect(keyboard.push(press(30))).toMatchObject({ kind: "lost" });
});

test("any bytes at all are events that mean something or nothing, never an exception", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(16, 24), (noise, eventBytes) => {
			const keyboard = new Keyboard();
			for (const frame of splitEvents(eventBytes).push(noise)) {
				const event = decodeEvent(frame);
				if (event) keyboard.push(event);
			}
			expect(decodeEvent(noise) === undefined).toBe(noise.length !== 16 && noise.length !== 24);
		}),
	);
});
