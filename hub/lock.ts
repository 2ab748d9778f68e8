import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export class DataLocked extends Error {
	constructor(dataDir: string) {
		super(`another hub already works in ${dataDir}. Stop it first, or set KASSAHUB_DATA to another folder.`);
		this.name = "DataLocked";
	}
}

/**
 * Takes the data folder for this process until `release` or the end of the process, however it ends:
 * the kernel drops SQLite's file lock with the process, so no stale lock can keep a box from starting.
 * Throws DataLocked where another process holds it.
 */
export function lockData(dataDir: string): { release(): void } {
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	const file = join(dataDir, "lock.db");
	const database = new DatabaseSync(file);
	chmodSync(file, 0o600);
	try {
		database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
	} catch {
		database.close();
		throw new DataLocked(dataDir);
	}
	return { release: () => database.close() };
}
