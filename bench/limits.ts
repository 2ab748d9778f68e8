import { once } from "node:events";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./figures.ts";

const ROUNDS = 2000;

/** What one durable sale cannot do without: a flush of 4 KiB appended, and a round trip of its bytes over loopback. */
export async function physicalLimits(): Promise<{ fdatasyncMs: number; roundTripMs: number }> {
	const folder = mkdtempSync(join(tmpdir(), "kassahub-limits-"));
	const file = openSync(join(folder, "log"), "a");
	const page = Buffer.alloc(4096, 1);
	const flushes: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const startedAt = performance.now();
		writeSync(file, page);
		fdatasyncSync(file);
		flushes.push(performance.now() - startedAt);
	}
	closeSync(file);
	rmSync(folder, { recursive: true });

	const server = createServer({ noDelay: true }, (socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (!address || typeof address === "string") throw new Error("no port");
	const socket = connect({ port: address.port, host: "127.0.0.1", noDelay: true });
	await once(socket, "connect");
	const message = Buffer.alloc(600, 1);
	const trips: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const startedAt = performance.now();
		let missing = message.length;
		const echoed = new Promise<void>((resolve) => {
			const take = (chunk: Buffer): void => {
				missing -= chunk.length;
				if (missing > 0) return;
				socket.off("data", take);
				resolve();
			};
			socket.on("data", take);
		});
		socket.write(message);
		await echoed;
		trips.push(performance.now() - startedAt);
	}
	socket.destroy();
	server.close();
	return { fdatasyncMs: median(flushes), roundTripMs: median(trips) };
}
