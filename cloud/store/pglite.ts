import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { PGlite } from "@electric-sql/pglite";
import { DATE, type Database, INT8, type Queries, type Row } from "./database.ts";

/** An office that is ending may still hold its books for a moment. */
const LOCK_WITHIN_MS = 15_000;

/** PostgreSQL in this process, its files in `directory`: nothing to install for a shop that has no server. */
export async function openPglite(directory: string): Promise<Database> {
	mkdirSync(directory, { recursive: true });
	const lock = lockBooks(`${directory}.lock`);
	const pglite = await PGlite.create({
		dataDir: directory,
		parsers: { [INT8]: Number, [DATE]: (text) => text },
	});
	const ask = (on: Pick<PGlite, "query">): Queries["query"] => {
		return async <T extends Row>(sql: string, parameters: readonly unknown[] = []) =>
			(await on.query<T>(sql, [...parameters])).rows;
	};
	return {
		query: ask(pglite),
		run: async (sql) => {
			await pglite.exec(sql);
		},
		transaction: (work) => pglite.transaction((transaction) => work({ query: ask(transaction) })),
		close: async () => {
			await pglite.close();
			lock.close();
		},
	};
}

/**
 * Keeps a second process out of the books: PGlite itself would let two write at once, and ruin them. The kernel drops
 * SQLite's file lock with the process, however it ends.
 */
function lockBooks(file: string): DatabaseSync {
	const lock = new DatabaseSync(file, { timeout: LOCK_WITHIN_MS });
	try {
		lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
	} catch {
		lock.close();
		throw new Error(`Another back office works in ${file}. Stop it first, or set KASSAHUB_DATA to another folder.`);
	}
	return lock;
}
