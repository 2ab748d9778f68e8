import fc from "fast-check";
import { generate } from "mqtt-packet";
import { expect, test } from "vitest";
import { decodePublish, encodePublish, splitPublishes } from "./publish-frame.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const split = (...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = splitPublishes();
	return chunks.flatMap((chunk) => splitter.push(chunk));
};
const publications = fc.record({
	topic: fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
	payload: fc.uint8Array({ maxLength: 400 }),
	isRetained: fc.boolean(),
});

test("the frame of the protocol sheet is made and read", () => {
	const frame = bytes("31 13 00 0B 6B 61 73 73 61 2F 61 2F 6C 77 74 6F 6E 6C 69 6E 65");
	const publication = { topic: "kassa/a/lwt", payload: bytes("6F 6E 6C 69 6E 65"), isRetained: true };
	expect(Buffer.from(encodePublish(publication)).toString("hex")).toBe(Buffer.from(frame).toString("hex"));
	expect(decodePublish(frame)).toEqual({ ...publication, isCut: false });
});

test("every message comes back as it went in, and as another encoder makes it", () => {
	fc.assert(
		fc.property(publications, ({ topic, payload, isRetained }) => {
			const frame = encodePublish({ topic, payload, isRetained });
			expect(decodePublish(frame)).toEqual({ topic, payload, isRetained, isCut: false });
			const packet = { cmd: "publish", topic, payload: Buffer.from(payload), retain: isRetained, qos: 0, dup: false };
			expect(Buffer.compare(frame, generate(packet as Parameters<typeof generate>[0]))).toBe(0);
		}),
	);
});

test("a frame of QoS 1 is read without its packet identifier", () => {
	const packet = generate({
		cmd: "publish",
		topic: "a/b",
		payload: Buffer.from("x"),
		qos: 1,
		messageId: 513,
		retain: false,
		dup: false,
	});
	expect(decodePublish(Uint8Array.from(packet))).toMatchObject({ topic: "a/b", payload: bytes("78") });
});

test("a frame split at any byte, and two in one chunk, come out as they went in", () => {
	fc.assert(
		fc.property(publications, publications, (first, second) => {
			const [a, b] = [encodePublish(first), encodePublish(second)];
			const both = Buffer.concat([a, b]);
			const isSame = (frames: Uint8Array[]) =>
				expect(frames.map((frame) => Buffer.from(frame).toString("hex"))).toEqual(
					[a, b].map((frame) => Buffer.from(frame).toString("hex")),
				);
			isSame(split(both));
			for (let at = 0; at <= both.length; at += 7) isSame(split(both.subarray(0, at), both.subarray(at)));
		}),
		{ numRuns: 30 },
	);
});

test("any bytes at all give messages or nothing, and are never kept without a bound", () => {
	fc.assert(
		fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
			for (const frame of split(...chunks)) decodePublish(frame);
		}),
	);
	const splitter = splitPublishes();
	expect(splitter.push(new Uint8Array(100_000).fill(0xff)).flatMap((frame) => [...frame])).toHaveLength(100_000);
	splitter.push(bytes("30 FF FF 03"));
	let out = 0;
	for (let chunk = 0; chunk < 100; chunk++) out += splitter.push(new Uint8Array(1000)).length;
	expect(out).toBeGreaterThan(0);
});

test("of a frame that was cut the topic is read, and that it was cut", () => {
	const frame = encodePublish({ topic: "kassa/a", payload: new Uint8Array(2000), isRetained: false });
	expect(decodePublish(frame.subarray(0, 512))).toMatchObject({ topic: "kassa/a", isCut: true });
	expect(decodePublish(frame.subarray(0, 6))).toBeUndefined();
});
