import { zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cutToSize, Frame, firstHash, type Lines, packBatch } from "./batch.ts";

const BOX = "5b2f6f0e-0c1b-4a55-9a35-6a2f4ab8f0c1";

const linesOf = (rows: string[], first = 1): Lines => {
	const frame = new Frame();
	// In pieces, as an answer comes.
	for (const row of rows) frame.append(Buffer.from(`${row}\n`));
	return { first, last: first + rows.length - 1, count: rows.length, frame, length: frame.body.length };
};

test("a batch is its header's line and the rows, byte for byte", async () => {
	const packed = await packBatch({ id: "vijzel", name: "De Vijzel €" }, BOX, linesOf(['{"a":"é"}', '{"b":2}'], 7));
	const [header, ...rows] = zstdDecompressSync(packed).toString("utf8").split("\n");
	expect(JSON.parse(header ?? "")).toEqual({
		v: 1,
		shop: "vijzel",
		shopName: "De Vijzel €",
		box: BOX,
		first: 7,
		last: 8,
		count: 2,
	});
	expect(rows).toEqual(['{"a":"é"}', '{"b":2}', ""]);
});

test("a cut holds whole rows, as many as fit, and never none", () => {
	const rows = fc.array(
		fc.string({ unit: "grapheme", maxLength: 30 }).map((text) => JSON.stringify({ text })),
		{
			minLength: 1,
			maxLength: 40,
		},
	);
	fc.assert(
		fc.property(rows, fc.integer({ min: 1, max: 2_000 }), (rows, bytesMax) => {
			const cut = cutToSize(linesOf(rows, 5), bytesMax);
			expect(cut.frame.body.toString("utf8", 0, cut.length)).toBe(
				rows
					.slice(0, cut.count)
					.map((row) => `${row}\n`)
					.join(""),
			);
			expect([cut.first, cut.last]).toEqual([5, 4 + cut.count]);
			if (cut.count > 1) expect(cut.length).toBeLessThanOrEqual(bytesMax);
			const next = rows[cut.count];
			if (next !== undefined) expect(cut.length + Buffer.byteLength(next) + 1).toBeGreaterThan(bytesMax);
		}),
	);
});

test("a row's hash is read from its end, whatever the payload holds", () => {
	const hash = "ab".repeat(32);
	const lines = linesOf([`{"number":1,"payload":{"name":"\\"hash\\":\\"00\\"}"},"hash":"${hash}"}`, "{}"]);
	expect(firstHash(lines)).toBe(hash);
});

test("a frame takes any length, and holds nothing of what was in it before", async () => {
	const frame = new Frame();
	frame.append(Buffer.alloc(3 * 1024 * 1024, "a"));
	expect(frame.body.equals(Buffer.alloc(3 * 1024 * 1024, "a"))).toBe(true);
	frame.clear();
	frame.append(Buffer.from("{}\n"));
	const packed = await packBatch({ id: "v", name: "V" }, BOX, { first: 1, last: 1, count: 1, frame, length: 3 });
	expect(zstdDecompressSync(packed).toString("utf8").split("\n").slice(1)).toEqual(["{}", ""]);
});
