import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";

const LOOK_EVERY_MS = 50;

/**
 * Waits until no other bridge works in this data folder, and keeps every other one out until the end of this process.
 * A bridge outlives a hub that was killed by some seconds, to bring a payment to its end; the next one must not read its
 * records, nor ask its terminals, before that. The kernel drops SQLite's file lock with the process, however it ends.
 */
export async function lockRecords(dataDir: string, log: Pick<Logger, "warn">): Promise<Disposable> {
	const folder = join(dataDir, "bridge");
	mkdirSync(folder, { recursive: true });
	const database = new DatabaseSync(join(folder, "lock.db"));
	for (let looks = 0; !isLocked(database); looks++) {
		if (looks === 0) log.warn("the bridge of before is still there; waiting for its end");
		await pause(LOOK_EVERY_MS);
	}
	return { [Symbol.dispose]: () => database.close() };
}

function isLocked(database: DatabaseSync): boolean {
	try {
		database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
		return true;
	} catch (error) {
		// https://sqlite.org/rescode.html#busy
		if (((error as { errcode?: number }).errcode ?? 0) !== SQLITE_BUSY) throw error;
		return false;
	}
}

const SQLITE_BUSY = 5;
