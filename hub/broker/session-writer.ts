import { parentPort, workerData } from "node:worker_threads";
import { type Change, openSessionStore, statements } from "./session-store.ts";

// A thread of its own: a checkpoint of the write-ahead log syncs, and on an SD card that takes longer than a register
// may be kept waiting by the event loop of the broker.
const database = openSessionStore(workerData as string);
const prepared = Object.fromEntries(Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)]));

parentPort?.on("message", (changes: Change[] | "close") => {
	if (changes === "close") {
		database.close();
		parentPort?.close();
		return;
	}
	parentPort?.postMessage(write(changes));
});

/** Commits the changes together; the reason where that failed, and then none of them is written. */
function write(changes: Change[]): string | undefined {
	try {
		database.exec("BEGIN IMMEDIATE");
		for (const [name, ...values] of changes) prepared[name]?.run(...values);
		database.exec("COMMIT");
		return undefined;
	} catch (error) {
		if (database.isTransaction) database.exec("ROLLBACK");
		return error instanceof Error ? error.message : String(error);
	}
}
