import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCobs, encodeCobs } from "./cobs.ts";
import { crc16, decodeFrame, encodePoll, encodeTare, type Frame, splitFrames } from "./shelf-node-codec.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hex = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString("hex");
const split = (...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = splitFrames();
	return chunks.flatMap((chunk) => splitter.push(chunk));
};
/** A frame as the sheet lays it out, put together by hand. */
const frameOf = (...body: number[]): Uint8Array => {
	const crc = crc16(Uint8Array.from(body));
	return Uint8Array.of(...encodeCobs(Uint8Array.of(...body, crc >> 8, crc & 0xff)), 0);
};

test("the check value of CRC-16/CCITT-FALSE", () => expect(crc16(Buffer.from("123456789"))).toBe(0x29b1));

test("the sheet's polls are made", () => {
	expect(hex(encodePoll(0x12, 7))).toBe(hex(bytes("07 01 12 07 12 74 93 00")));
	expect(hex(encodePoll(0x00, 8))).toBe(hex(bytes("02 01 05 08 12 49 AE 00")));
	expect(decodeFrame(encodePoll(0x12, 7))).toEqual({ kind: "poll", address: 0x12, seq: 7 });
	expect(decodeFrame(encodeTare(0x12, 255))).toEqual({ kind: "tare", address: 0x12, seq: 255 });
});

const measurement = bytes("07 01 12 07 01 C8 01 01 01 01 05 04 57 CE E7 00");
const well = { isUnstable: false, isOver: false, isUnder: false, isDefect: false, isBatteryLow: false };

test("the sheet's measurement is read", () => {
	expect(decodeFrame(measurement)).toEqual({
		kind: "measurement",
		address: 0x12,
		seq: 7,
		grams: 456,
		status: well,
		celsius: 4,
		battery: 87,
	});
});

test.each<[string, number[], Partial<Frame> & Record<string, unknown>]>([
	["below zero", [0xec, 0xff, 0xff, 0xff, 0, 0, 4, 87], { grams: -20 }],
	["frost", [0, 0, 0, 0, 0, 0, 0xee, 87], { celsius: -18 }],
	["unstable", [0, 0, 0, 0, 1, 0, 4, 87], { status: { ...well, isUnstable: true } }],
	["over", [0, 0, 0, 0, 2, 0, 4, 87], { status: { ...well, isOver: true } }],
	["under", [0, 0, 0, 0, 4, 0, 4, 87], { status: { ...well, isUnder: true } }],
	["broken", [0, 0, 0, 0, 8, 0, 4, 87], { status: { ...well, isDefect: true } }],
	["low battery", [0, 0, 0, 0, 16, 0, 4, 3], { status: { ...well, isBatteryLow: true }, battery: 3 }],
])("a measurement of %s", (_, payload, expected) => {
	expect(decodeFrame(frameOf(1, 5, 9, 0x01, ...payload))).toMatchObject({ kind: "measurement", ...expected });
});

test("the other answers are read", () => {
	const hello = frameOf(1, 5, 0, 0x02, 1, 2, 3, 4, 5, 6, 7, 8, 1, 4);
	expect(decodeFrame(hello)).toMatchObject({ kind: "hello", serialNumber: "0102030405060708", firmware: "1.4" });
	expect(decodeFrame(frameOf(1, 5, 0, 0x10))).toMatchObject({ kind: "acknowledged" });
	expect(decodeFrame(frameOf(1, 5, 0, 0x11, 3))).toMatchObject({ kind: "refused", code: 3 });
	expect(decodeFrame(frameOf(1, 5, 0, 0x1f, 2))).toMatchObject({ kind: "error", code: 2 });
});

test.each([
	["another version", frameOf(2, 5, 0, 0x10)],
	["an unknown type", frameOf(1, 5, 0, 0x99)],
	["a measurement cut short", frameOf(1, 5, 0, 0x01, 0, 0, 0)],
	["no CRC", Uint8Array.of(...encodeCobs(bytes("01 12 07")), 0)],
	["nothing", bytes("00")],
	["no end", bytes("07 01 12 07 12 74 93")],
])("%s is garbled", (_, frame) => expect(decodeFrame(frame)).toMatchObject({ kind: "garbled", why: "form" }));

test("COBS gives back every raw frame, and leaves no zero in it", () => {
	const raw = fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ min: 1, minLength: 250, maxLength: 260 }));
	fc.assert(
		fc.property(raw, (frame) => {
			const encoded = encodeCobs(frame);
			expect(encoded.includes(0)).toBe(false);
			expect(hex(decodeCobs(encoded))).toBe(hex(frame));
			expect(encoded.length).toBeLessThanOrEqual(frame.length + 1 + Math.ceil(frame.length / 254));
		}),
	);
});

test("one wrong byte anywhere in a frame never passes as another frame", () => {
	fc.assert(
		fc.property(fc.nat(measurement.length - 2), fc.integer({ min: 1, max: 255 }), (at, flip) => {
			const spoilt = measurement.with(at, (measurement[at] as number) ^ flip);
			for (const frame of split(spoilt)) expect(decodeFrame(frame).kind).toBe("garbled");
		}),
	);
});

test("any bytes at all give a frame or a named fault", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
			for (const frame of split(noise)) expect(typeof decodeFrame(frame).kind).toBe("string");
			expect(decodeCobs(noise) instanceof Uint8Array || decodeCobs(noise) === undefined).toBe(true);
		}),
		{ numRuns: 1000 },
	);
});

test("a frame split at any byte, two in one chunk, and one behind noise come out whole", () => {
	for (let at = 0; at <= measurement.length; at++) {
		expect(split(measurement.subarray(0, at), measurement.subarray(at)).map(hex)).toEqual([hex(measurement)]);
	}
	const poll = encodePoll(5, 1);
	expect(split(Uint8Array.of(...poll, ...measurement)).map(hex)).toEqual([hex(poll), hex(measurement)]);
	expect(hex(split(Uint8Array.of(7, 7, 7, 0, 0, ...measurement)).at(-1))).toBe(hex(measurement));
});

test("an endless stream without a zero is cut, not kept", () => {
	const frames = split(new Uint8Array(10_000).fill(0x30));
	expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThanOrEqual(209);
});
