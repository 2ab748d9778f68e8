import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeScan, encodeScan, type Suffix, splitScans } from "./serial-scanner-codec.ts";

const suffixes: Suffix[] = ["cr", "lf", "cr-lf"];
const codes = fc.string({ unit: fc.constantFrom(..."0123456789ABCxyz]\u001d é€"), minLength: 1, maxLength: 40 });

const texts = (suffix: Suffix, ...chunks: Uint8Array[]): (string | undefined)[] => {
	const splitter = splitScans(suffix);
	return chunks.flatMap((chunk) => splitter.push(chunk)).map(decodeScan);
};

test("the sheet's examples come out with AIM identifier and GS", () => {
	const ean = Buffer.from("5D 45 30 38 37 31 32 33 34 35 30 30 30 30 31 31 0D".replaceAll(" ", ""), "hex");
	expect(texts("cr", ean)).toEqual(["]E08712345000011"]);
	expect(texts("cr", Buffer.from("]d210A\u001d21B\r"))).toEqual(["]d210A\u001d21B"]);
});

describe.each(suffixes)("with suffix %s", (suffix) => {
	test("any code comes back as it went in, cut at any byte, and two in one chunk", () => {
		fc.assert(
			fc.property(codes, codes, fc.nat(120), (first, second, at) => {
				const bytes = Buffer.concat([encodeScan(first, suffix), encodeScan(second, suffix)]);
				expect(texts(suffix, bytes.subarray(0, at), bytes.subarray(at))).toEqual([first, second]);
			}),
		);
	});

	test("any bytes at all give texts or none, and never a frame much longer than a code", () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 }), (chunks) => {
				const splitter = splitScans(suffix);
				for (const frame of chunks.flatMap((chunk) => splitter.push(chunk))) {
					expect(frame.length).toBeLessThanOrEqual(4097);
					decodeScan(frame);
				}
			}),
		);
	});
});

test("a scanner that sends CR LF where CR was set loses nothing", () => {
	expect(texts("cr", Buffer.from("123\r\n456\r\n"))).toEqual(["123", "456"]);
});

test("without a suffix a code ends where silence is told", () => {
	const splitter = splitScans("none");
	expect(splitter.push(Buffer.from("8712345000011"))).toEqual([]);
	expect(decodeScan(splitter.end() ?? new Uint8Array())).toBe("8712345000011");
	expect(splitter.end()).toBeUndefined();
});

test("a code without an end is cut once and then dropped up to the next suffix", () => {
	expect(texts("cr", Buffer.alloc(10_000, "7"), Buffer.from("7\r8712345000011\r"))).toEqual([
		undefined,
		"8712345000011",
	]);
});

test("bytes that are no UTF-8 are read as Latin-1", () => {
	expect(texts("cr", Uint8Array.of(0x63, 0xe9, 0x0d))).toEqual(["cé"]);
});
