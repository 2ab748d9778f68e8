import { chmodSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** What may be written, by name: the writer thread prepares each once. */
export const statements = {
	putRetained: "INSERT OR REPLACE INTO retained (topic, payload, qos) VALUES (?, ?, ?)",
	deleteRetained: "DELETE FROM retained WHERE topic = ?",
	putForeign: "INSERT OR REPLACE INTO foreign_retained (topic, payload, account) VALUES (?, ?, ?)",
	deleteForeign: "DELETE FROM foreign_retained WHERE topic = ?",
	putSubscription: "INSERT OR REPLACE INTO subscriptions (client, filter, account, qos) VALUES (?, ?, ?, ?)",
	deleteSubscription: "DELETE FROM subscriptions WHERE client = ? AND filter = ?",
	putOutgoing: "INSERT OR REPLACE INTO outgoing (sequence, client, topic, payload) VALUES (?, ?, ?, ?)",
	deleteOutgoing: "DELETE FROM outgoing WHERE sequence = ?",
	putWill: "INSERT OR REPLACE INTO wills (client, account, topic, payload, qos, retain) VALUES (?, ?, ?, ?, ?, ?)",
	deleteWill: "DELETE FROM wills WHERE client = ?",
} as const;

export type Change = [statement: keyof typeof statements, ...values: (string | number | Uint8Array)[]];

export type StoredSessions = {
	retained: { topic: string; payload: Uint8Array; qos: number }[];
	foreign: { topic: string; payload: Uint8Array; account: string }[];
	subscriptions: { client: string; filter: string; account: string; qos: number }[];
	outgoing: { sequence: number; client: string; topic: string; payload: Uint8Array }[];
	wills: { client: string; account: string; topic: string; payload: Uint8Array; qos: number; retain: number }[];
};

/** Opens the file and makes its tables. NORMAL: a power cut may lose the last moments, but never damages the file. */
export function openSessionStore(file: string): DatabaseSync {
	const database = new DatabaseSync(file);
	try {
		database.exec(`
			PRAGMA journal_mode = WAL;
			PRAGMA synchronous = NORMAL;
			CREATE TABLE IF NOT EXISTS retained (topic TEXT PRIMARY KEY, payload BLOB, qos INTEGER) WITHOUT ROWID;
			CREATE TABLE IF NOT EXISTS foreign_retained (topic TEXT PRIMARY KEY, payload BLOB, account TEXT) WITHOUT ROWID;
			CREATE TABLE IF NOT EXISTS subscriptions
				(client TEXT, filter TEXT, account TEXT, qos INTEGER, PRIMARY KEY (client, filter)) WITHOUT ROWID;
			CREATE TABLE IF NOT EXISTS outgoing (sequence INTEGER PRIMARY KEY, client TEXT, topic TEXT, payload BLOB);
			CREATE TABLE IF NOT EXISTS wills
				(client TEXT PRIMARY KEY, account TEXT, topic TEXT, payload BLOB, qos INTEGER, retain INTEGER) WITHOUT ROWID;
		`);
	} catch (error) {
		database.close();
		throw error;
	}
	chmodSync(file, 0o600);
	return database;
}

/**
 * Reads everything stored. `isFresh` where the file was damaged: it is put aside as `<file>.damaged` and an empty one
 * begun, because a shop must open; clients that find no session subscribe anew.
 */
export function readSessionStore(file: string): { stored: StoredSessions; isFresh: boolean } {
	try {
		return { stored: readAll(file), isFresh: false };
	} catch (error) {
		const { errcode } = error as { errcode?: number };
		// SQLITE_CORRUPT and SQLITE_NOTADB; anything else (a full disk, no rights) is not mended by a new file.
		if (errcode !== 11 && errcode !== 26) throw error;
		renameSync(file, `${file}.damaged`);
		for (const side of ["-wal", "-shm"]) rmSync(file + side, { force: true });
		return { stored: readAll(file), isFresh: true };
	}
}

function readAll(file: string): StoredSessions {
	const database = openSessionStore(file);
	try {
		const all = (sql: string): unknown => database.prepare(sql).all();
		return {
			retained: all("SELECT topic, payload, qos FROM retained") as StoredSessions["retained"],
			foreign: all("SELECT topic, payload, account FROM foreign_retained") as StoredSessions["foreign"],
			subscriptions: all("SELECT client, filter, account, qos FROM subscriptions") as StoredSessions["subscriptions"],
			outgoing: all(
				"SELECT sequence, client, topic, payload FROM outgoing ORDER BY sequence",
			) as StoredSessions["outgoing"],
			wills: all("SELECT client, account, topic, payload, qos, retain FROM wills") as StoredSessions["wills"],
		};
	} finally {
		database.close();
	}
}
