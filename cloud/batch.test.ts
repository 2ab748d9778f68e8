import { zstdCompressSync } from "node:zlib";
import { batchTopic } from "@kassahub/contracts/relay-batch.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BatchInvalid, unpackBatch } from "./batch.ts";

const box = "5b2f6f0e-0c1b-4a55-9a35-6a2f4ab8f0c1";
const header = { v: 1, shop: "vijzel", shopName: "De Vijzel", box, first: 1, last: 2, count: 2 };
const topic = batchTopic("vijzel");
const pack = (...lines: string[]) => zstdCompressSync(Buffer.from(lines.map((line) => `${line}\n`).join("")));

test("a batch is its header and its rows", async () => {
	expect(await unpackBatch(topic, pack(JSON.stringify(header), '{"é":1}', "{}"))).toEqual({
		header,
		lines: ['{"é":1}', "{}"],
	});
});

test("no bytes make it fail otherwise than by refusing them", async () => {
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isPacked) => {
			await expect(unpackBatch(topic, isPacked ? zstdCompressSync(bytes) : bytes)).rejects.toBeInstanceOf(BatchInvalid);
		}),
	);
});

test("a small message that unpacks to very much is refused", async () => {
	const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
	expect(bomb.length).toBeLessThan(16_384);
	await expect(unpackBatch(topic, bomb)).rejects.toThrow("not zstd of text");
});

test("a shop cannot send in the name of another", async () => {
	await expect(unpackBatch(batchTopic("other"), pack(JSON.stringify(header), "{}", "{}"))).rejects.toThrow("vijzel");
});

test("a batch that announces other rows than it brings is refused, and says whose it is", async () => {
	const rejection = await unpackBatch(topic, pack(JSON.stringify(header), "{}")).catch((error: unknown) => error);
	expect(rejection).toBeInstanceOf(BatchInvalid);
	expect(rejection).toMatchObject({ box });
});
