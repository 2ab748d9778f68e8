import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "../wire.ts";
import { checkSum, decodeBlock, encodeBlock, splitBlocks } from "./zvt-block.ts";

const hex = (bytes: Uint8Array): string =>
	Buffer.from(bytes)
		.toString("hex")
		.toUpperCase()
		.replaceAll(/..(?=.)/g, "$& ");
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
/** With many DLE, STX and ETX in it. */
const message = fc
	.uint8Array({ maxLength: 60 })
	.map((noise) => noise.map((byte) => (byte < 0x80 ? byte & 0x13 : byte)));

// Sheet, section 1.2.
test.each([
	["80 00 00", "10 02 80 00 00 10 03 F5 1F"],
	["06 01 07 04 00 00 00 00 19 95", "10 02 06 01 07 04 00 00 00 00 19 95 10 03 99 6A"],
	["06 01 0A 04 00 00 00 00 10 50 49 09 78", "10 02 06 01 0A 04 00 00 00 00 10 10 50 49 09 78 10 03 45 15"],
])("%s becomes the block of the sheet, and comes back", (plain, block) => {
	expect(hex(encodeBlock(bytes(plain)))).toBe(block);
	expect(decodeBlock(bytes(block))).toEqual({ kind: "message", message: bytes(plain) });
});

test("the check sum is CRC-16/KERMIT over the message and its ETX", () => {
	// "12345678" and ETX; the catalogue's check value 2189 is that of "123456789", whose last character is no ETX.
	const withEtx = (text: string): number => {
		let crc = 0;
		for (const byte of Buffer.from(text, "latin1")) {
			crc ^= byte;
			for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
		}
		return crc;
	};
	expect(withEtx("123456789")).toBe(0x2189);
	expect(checkSum(Buffer.from("12345678", "latin1"))).toBe(withEtx("12345678\x03"));
});

describe("blocks", () => {
	test("of any message come back, split at any byte and joined with others and their receipts", () => {
		fc.assert(
			fc.property(fc.array(message, { minLength: 1, maxLength: 3 }), fc.nat(), (messages, cut) => {
				const pieces = messages.flatMap((plain) => [Uint8Array.of(0x06), encodeBlock(plain)]);
				const stream = Uint8Array.from(Buffer.concat(pieces));
				const at = cut % (stream.length + 1);
				const splitter = splitBlocks();
				expect([...splitter.push(stream.subarray(0, at)), ...splitter.push(stream.subarray(at))]).toEqual(pieces);
				for (const [index, plain] of messages.entries()) {
					expect(decodeBlock(pieces[2 * index + 1] as Uint8Array)).toEqual({ kind: "message", message: plain });
				}
			}),
		);
	});

	test("with one bit wrong are never taken for another message", () => {
		fc.assert(
			fc.property(message, fc.nat(), (plain, place) => {
				const block = encodeBlock(plain);
				const bit = place % (8 * block.length);
				block[bit >> 3] = (block[bit >> 3] as number) ^ (1 << (bit & 7));
				for (const piece of splitBlocks().push(block)) {
					try {
						const decoded = decodeBlock(piece);
						expect(decoded.kind).not.toBe("message");
					} catch (error) {
						expect(error).toBeInstanceOf(WireError);
					}
				}
			}),
			{ numRuns: 500 },
		);
	});

	test("that break off are noise, and the next block is read", () => {
		const whole = encodeBlock(bytes("80 00 00"));
		const splitter = splitBlocks();
		const pieces = [...splitter.push(whole.subarray(0, 4)), ...splitter.push(whole)];
		expect(pieces.at(-1)).toEqual(whole);
		expect(() => decodeBlock(pieces[0] as Uint8Array)).toThrow(WireError);
	});

	test("without an end are cut, not kept", () => {
		const splitter = splitBlocks();
		const pieces = splitter.push(Uint8Array.from({ length: 300_000 }, (_, index) => [0x10, 0x02][index] ?? 0x41));
		expect(pieces.every((piece) => piece.length < 140_000)).toBe(true);
	});

	test("of any bytes at all are read or refused by name", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
				const splitter = splitBlocks();
				for (const piece of splitter.push(noise)) {
					try {
						decodeBlock(piece);
					} catch (error) {
						expect(error).toBeInstanceOf(WireError);
					}
				}
			}),
		);
	});
});
