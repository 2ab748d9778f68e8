import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { attachArchives } from "./archive.ts";

/** In the data folder: the journal, and the key that seals it. */
export const JOURNAL_FILE = "journal.db";
export const KEY_FILE = "journal.key";

/** The journal's tables. No index beyond the keys: each would be written on every sale. */
const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	at TEXT NOT NULL,
	clock TEXT NOT NULL,
	payload TEXT NOT NULL,
	previous_hash BLOB NOT NULL,
	hash BLOB NOT NULL
) STRICT;
CREATE TABLE flags (number INTEGER PRIMARY KEY, flags TEXT NOT NULL) STRICT;
CREATE TABLE quarantine (
	number INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,
	id TEXT,
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	register TEXT,
	topic TEXT NOT NULL,
	at TEXT NOT NULL,
	payload BLOB NOT NULL,
	reasons TEXT NOT NULL,
	resolved_at TEXT,
	resolved_by INTEGER
) STRICT;
CREATE TABLE keys (key INTEGER PRIMARY KEY, public TEXT NOT NULL) STRICT;
CREATE TABLE seals (number INTEGER PRIMARY KEY, at TEXT NOT NULL, key INTEGER NOT NULL, signature BLOB NOT NULL) STRICT;
CREATE TABLE snapshot (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	number INTEGER NOT NULL,
	hash BLOB NOT NULL,
	version INTEGER NOT NULL,
	digest BLOB NOT NULL,
	state TEXT NOT NULL
) STRICT;
`;
const SCHEMA_VERSION = 1;
/** Who did what is looked up among years of sales; the rest of the journal pays nothing for it. */
const AUDIT_INDEX = "CREATE INDEX IF NOT EXISTS journal_audit ON journal (number) WHERE kind = 'audit'";
const SYNCHRONOUS_FULL = 2;

export type Store = {
	database: DatabaseSync;
	/** UUID of this box, made with its journal. */
	box: string;
};

/**
 * Opens the journal for its one writer, and makes it where there is none.
 * Throws where the file is newer than this hub, is no journal, or the disk does not keep what SQLite promises.
 */
export function openStore(file: string): Store {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	const database = new DatabaseSync(file, { timeout: 5000 });
	try {
		chmodSync(file, 0o600);
		preparePragmas(database);
		createTables(database, file);
		database.exec(AUDIT_INDEX);
		attachArchives(database, file);
		return { database, box: readMeta(database, "box") as string };
	} catch (error) {
		database.close();
		throw error;
	}
}

/** Opens the journal to look at, beside a running hub or without one. Throws where the file does not exist. */
export function openReadOnly(file: string): Store {
	if (!existsSync(file)) throw new Error(`there is no journal at ${file}`);
	const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
	try {
		attachArchives(database, file);
		return { database, box: readMeta(database, "box") as string };
	} catch (error) {
		database.close();
		throw error;
	}
}

export function readMeta(database: DatabaseSync, key: string): string | undefined {
	return database.prepare("SELECT value FROM meta WHERE key = ?").get(key)?.value as string | undefined;
}

export function writeMeta(database: DatabaseSync, key: string, value: string): void {
	database
		.prepare("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
		.run(key, value);
}

function preparePragmas(database: DatabaseSync): void {
	// Checkpoints are ours to time (checkpoint.ts): an automatic one would stall whichever sale came by.
	database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
	// Builds of SQLite differ in their defaults and may refuse a pragma silently; PUBACK means durable (invariant 1).
	const mode = database.prepare("PRAGMA journal_mode").get()?.journal_mode;
	const synchronous = database.prepare("PRAGMA synchronous").get()?.synchronous;
	if (mode !== "wal" || synchronous !== SYNCHRONOUS_FULL) {
		throw new Error(`the journal needs WAL with synchronous=FULL; SQLite gave ${mode} with ${synchronous}`);
	}
}

function createTables(database: DatabaseSync, file: string): void {
	const version = database.prepare("PRAGMA user_version").get()?.user_version as number;
	if (version > SCHEMA_VERSION) {
		throw new Error(`${file} was written by a newer hub (journal version ${version}). Update this hub.`);
	}
	if (version === SCHEMA_VERSION) return;
	database.exec("BEGIN IMMEDIATE");
	try {
		database.exec(TABLES);
		writeMeta(database, "box", randomUUID());
		database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
	} catch (error) {
		if (database.isTransaction) database.exec("ROLLBACK");
		throw error;
	}
}
