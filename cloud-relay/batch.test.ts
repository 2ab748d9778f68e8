import { zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cutToSize, firstHash, type Lines, packBatch } from "./batch.ts";

const BOX = "5b2f6f0e-0c1b-4a55-9a35-6a2f4ab8f0c1";

const linesOf = (rows: string[], first = 1): Lines => ({
	first,
	last: first + rows.length - 1,
	count: rows.length,
	body: Buffer.from(rows.map((row) => `${row}\n`).join("")),
});

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
			expect(cut.body.toString("utf8")).toBe(linesOf(rows.slice(0, cut.count)).body.toString("utf8"));
			expect([cut.first, cut.last]).toEqual([5, 4 + cut.count]);
			if (cut.count > 1) expect(cut.body.length).toBeLessThanOrEqual(bytesMax);
			const next = rows[cut.count];
			if (next !== undefined) expect(cut.body.length + Buffer.byteLength(next) + 1).toBeGreaterThan(bytesMax);
		}),
	);
});

test("a row's hash is read from its end, whatever the payload holds", () => {
	const hash = "ab".repeat(32);
	const lines = linesOf([`{"number":1,"payload":{"name":"\\"hash\\":\\"00\\"}"},"hash":"${hash}"}`, "{}"]);
	expect(firstHash(lines)).toBe(hash);
});
