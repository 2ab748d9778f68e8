import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
	type ClockQuality,
	type EntryHeader,
	type EntryKind,
	entryLine,
	type JournalEntry,
} from "@kassahub/contracts/journal-entry.ts";
import { wholeJournal } from "./archive.ts";

/** A row of the journal as it is stored: the payload still in canonical JSON. */
export type StoredEntry = EntryHeader & { payload: string; previousHash: string; hash: string };

const COLUMNS =
	"number, id, kind, source, at, clock, payload, lower(hex(previous_hash)) AS previousHash, lower(hex(hash)) AS hash";

/** The entries after a number, in order, at most `limit`: parameters (after, limit). */
export const selectAfter = (database: DatabaseSync): StatementSync =>
	database.prepare(`SELECT ${COLUMNS} FROM ${wholeJournal(database)} WHERE number > ? ORDER BY number LIMIT ?`);

export const selectById = (database: DatabaseSync): StatementSync =>
	database.prepare(`SELECT ${COLUMNS} FROM ${wholeJournal(database)} WHERE id = ?`);

export const selectByNumber = (database: DatabaseSync): StatementSync =>
	database.prepare(`SELECT ${COLUMNS} FROM ${wholeJournal(database)} WHERE number = ?`);

/** The last audit entries, newest first: parameter (limit). The partial index of the store finds them. */
export const selectAudit = (database: DatabaseSync): StatementSync =>
	database.prepare(
		`SELECT ${COLUMNS} FROM ${wholeJournal(database)} WHERE kind = 'audit' ORDER BY number DESC LIMIT ?`,
	);

export const selectLast = (database: DatabaseSync): StatementSync =>
	database.prepare(`SELECT ${COLUMNS} FROM journal ORDER BY number DESC LIMIT 1`);

/** One row of the statements above. */
export function storedEntry(row: Record<string, unknown>): StoredEntry {
	return {
		number: row.number as number,
		id: row.id as string,
		kind: row.kind as EntryKind,
		source: row.source as string,
		at: row.at as string,
		clock: row.clock as ClockQuality,
		payload: row.payload as string,
		previousHash: row.previousHash as string,
		hash: row.hash as string,
	};
}

/**
 * The entry with its payload parsed. Throws where the payload is no JSON, without quoting it: then the row was changed
 * behind the hub's back, and a shop state without it would be a plausible lie.
 */
export function journalEntry(stored: StoredEntry): JournalEntry {
	try {
		return { ...stored, payload: JSON.parse(stored.payload) };
	} catch {
		throw new Error(`journal entry ${stored.number} cannot be read; see \`kassahub journal verify\``);
	}
}

export const lineOf = (stored: StoredEntry): string =>
	entryLine(stored, stored.payload, stored.previousHash, stored.hash);

const PAGE_ROWS = 500;

/**
 * Every entry after a number. Reads page by page, so that no long read keeps the writer from emptying its WAL.
 */
export function* entriesAfter(database: DatabaseSync, after: number): Generator<StoredEntry> {
	const page = selectAfter(database);
	for (let last = after; ; ) {
		const rows = page.all(last, PAGE_ROWS);
		for (const row of rows) yield storedEntry(row);
		if (rows.length < PAGE_ROWS) return;
		last = rows.at(-1)?.number as number;
	}
}
