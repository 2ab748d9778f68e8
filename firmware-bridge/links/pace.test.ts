import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPaced } from "./pace.ts";

/** Everything that a stream brought when it ended. */
function heardOf(stream: PassThrough): Promise<Buffer> {
	const heard: Uint8Array[] = [];
	readPaced(stream, (bytes) => heard.push(bytes));
	return new Promise((resolve) => stream.once("end", () => resolve(Buffer.concat(heard))));
}

test("whatever a stream brings, in whatever pieces, comes whole and in order", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 }), async (pieces) => {
			const stream = new PassThrough();
			const heard = heardOf(stream);
			for (const piece of pieces) stream.write(piece);
			stream.end();
			expect(await heard).toEqual(Buffer.concat(pieces));
		}),
		{ numRuns: 50 },
	);
});

test("a flood is read no faster than a device speaks, and others have their turn all the time", async () => {
	const stream = new PassThrough();
	let bytes = 0;
	const startedAt = performance.now();
	readPaced(stream, (chunk) => {
		bytes += chunk.length;
		const elapsedS = (performance.now() - startedAt) / 1000;
		expect(bytes).toBeLessThanOrEqual(64 * 1024 + 16 * 1024 * elapsedS + 1024);
	});
	const flood = (): void => {
		if (!stream.destroyed) while (stream.write(Buffer.alloc(16 * 1024)));
	};
	stream.on("drain", flood);
	flood();
	let turns = 0;
	while (bytes < 80 * 1024) {
		await new Promise((resolve) => setImmediate(resolve));
		turns++;
	}
	stream.destroy();
	expect(turns).toBeGreaterThan(80);
});

test("after a flood the device is heard again", async () => {
	const stream = new PassThrough();
	const heard = heardOf(stream);
	stream.write(Buffer.alloc(70 * 1024));
	stream.end("na de vloed");
	expect((await heard).subarray(-11).toString()).toBe("na de vloed");
});
