import { entriesAfter, lineOf, type StoredEntry } from "./entries.ts";
import { openReadOnly } from "./store.ts";

const CHUNK_CHARACTERS = 64 * 1024;

/**
 * The journal after a number as NDJSON, in chunks of whole lines, from a connection of its own beside a running hub.
 * Entries booked meanwhile come along.
 */
export function* exportJournal(file: string, after = 0): Generator<string> {
	const { database } = openReadOnly(file);
	try {
		let chunk = "";
		for (const entry of entriesAfter(database, after)) {
			chunk += `${lineOf(entry)}\n`;
			if (chunk.length < CHUNK_CHARACTERS) continue;
			yield chunk;
			chunk = "";
		}
		if (chunk !== "") yield chunk;
	} finally {
		database.close();
	}
}

export type Lines = { first: number; last: number; count: number; body: Uint8Array<ArrayBuffer> };

/**
 * Lines of NDJSON as the relay sends them, numbered without a gap: at least one where there is one, then while they fit
 * in `maxBytes`.
 */
export function packLines(rows: Iterable<StoredEntry>, after: number, maxBytes: number): Lines {
	let text = "";
	let count = 0;
	let first = after + 1;
	let last = after;
	for (const entry of rows) {
		if (count === 0) first = entry.number;
		// A new epoch skips numbers: it begins a stretch of its own.
		else if (entry.number !== last + 1) break;
		const line = `${lineOf(entry)}\n`;
		// Characters, not bytes: names hold few others than ASCII, and the limit is a target, not a frame size.
		if (count > 0 && text.length + line.length > maxBytes) break;
		text += line;
		last = entry.number;
		count++;
	}
	return { first, last, count, body: new TextEncoder().encode(text) };
}
