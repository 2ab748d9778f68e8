import type { Readable } from "node:stream";

/** More than any device here says for long: the fastest serial line in use brings 11 kB a second. */
const BYTES_A_SECOND = 16 * 1024;
/** What may come at once: a whole receipt, a picture of a signature. */
const BURST_BYTES = 64 * 1024;
/** Read at a time; other devices have their turn between two of these. */
const CHUNK_BYTES = 1024;

/**
 * Hands on what a stream brings, and reads it no faster than a device speaks: one that floods is held up at its own end,
 * and does not keep the bridge from the others (invariant 9).
 */
export function readPaced(stream: Readable, receive: (bytes: Uint8Array) => void): void {
	let allowance = BURST_BYTES;
	let at = performance.now();
	let isWaiting = false;

	const wait = (): void => {
		isWaiting = true;
		if (allowance > 0) setImmediate(again);
		else setTimeout(again, (-allowance * 1000) / BYTES_A_SECOND + 1).unref();
	};
	const again = (): void => {
		isWaiting = false;
		read();
	};
	const read = (): void => {
		if (isWaiting) return;
		const now = performance.now();
		allowance = Math.min(BURST_BYTES, allowance + ((now - at) * BYTES_A_SECOND) / 1000);
		at = now;
		// A timer may come a little early.
		if (allowance > 0) {
			const bytes = stream.read(Math.min(stream.readableLength, CHUNK_BYTES) || undefined) as Uint8Array | null;
			if (!bytes) return;
			allowance -= bytes.length;
			receive(bytes);
		}
		wait();
	};
	stream.on("readable", read);
}
