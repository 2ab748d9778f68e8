import { hash as digest } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { JournalHead } from "@kassahub/contracts/journal-head.ts";
import { selectByNumber } from "./entries.ts";

/** What was folded up to a head of the journal, so that a start need not fold everything anew. */
export type Snapshot = { head: JournalHead; state: string };

const printOf = (state: string): Buffer => digest("sha256", state, "buffer");

export function saveSnapshot(database: DatabaseSync, { head, state }: Snapshot, version: number): void {
	database
		.prepare("INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?, ?, ?, ?)")
		.run(head.number, Buffer.from(head.hash, "hex"), version, printOf(state), state);
}

/**
 * The snapshot, where there is one that was folded by this version, is whole, and belongs to this journal:
 * a restored backup or a changed row must not inherit the state of other books.
 */
export function loadSnapshot(database: DatabaseSync, version: number): Snapshot | undefined {
	const row = database.prepare("SELECT *, lower(hex(hash)) AS hash FROM snapshot WHERE version = ?").get(version);
	if (row === undefined) return undefined;
	const head = { number: row.number as number, hash: row.hash as string };
	const state = row.state as string;
	if (!printOf(state).equals(row.digest as Uint8Array)) return undefined;
	if (selectByNumber(database).get(head.number)?.hash !== head.hash) return undefined;
	return { head, state };
}
