import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type ClockQuality, type EntryKind, GENESIS_HASH, hashEntry } from "@kassahub/contracts/journal-entry.ts";
import type { JournalHead } from "@kassahub/contracts/journal-head.ts";
import { hasArchives } from "./archive.ts";
import { selectLast } from "./entries.ts";
import { journalErrorFrom } from "./journal-error.ts";
import type { Sealer } from "./seals.ts";
import type { Store } from "./store.ts";

/** An event ready to be booked: `payload` in canonical JSON. */
export type Draft = { id: string; kind: EntryKind; source: string; payload: string };

const SEAL_EVERY_MS = 1000;

/**
 * Appends to the journal in groups: one transaction, one fsync, many events. The head moves only when a group is
 * durable; after a failed one it is as if the group had never come.
 */
export class JournalWriter {
	readonly #database: DatabaseSync;
	readonly #box: string;
	readonly #sealer: Sealer;
	readonly #insert: StatementSync;
	readonly #findArchived: StatementSync;
	#head: JournalHead;
	#headHash: Uint8Array;
	/** The head as it will be when the open group is committed. */
	#next: JournalHead;
	#nextHash: Uint8Array;
	#sealedAtMs = Number.NEGATIVE_INFINITY;

	constructor({ database, box }: Store, sealer: Sealer) {
		this.#database = database;
		this.#box = box;
		this.#sealer = sealer;
		this.#insert = database.prepare(
			"INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		);
		this.#findArchived = database.prepare("SELECT 1 FROM archived_ids WHERE id = ?");
		const last = selectLast(database).get();
		this.#head = { number: Number(last?.number ?? 0), hash: String(last?.hash ?? GENESIS_HASH) };
		this.#headHash = Buffer.from(this.#head.hash, "hex");
		this.#next = this.#head;
		this.#nextHash = this.#headHash;
	}

	get head(): JournalHead {
		return this.#head;
	}

	get isSealed(): boolean {
		return this.#sealer.sealed === this.#head.number;
	}

	/**
	 * Runs `fill` as one durable group and returns what it returns. Throws JournalError where the group could not be
	 * made durable: then nothing of it was booked.
	 */
	writeGroup<T>(now: { at: string; quality: ClockQuality }, fill: (group: Group) => T): T {
		try {
			this.#database.exec("BEGIN IMMEDIATE");
			const filled = fill({ ...now, append: (draft, number) => this.#append(draft, now, number) });
			const elapsedMs = performance.now();
			const seals = this.#next !== this.#head && elapsedMs - this.#sealedAtMs >= SEAL_EVERY_MS;
			if (seals) this.#sealer.write(this.#next, now.at);
			this.#database.exec("COMMIT");
			this.#head = this.#next;
			this.#headHash = this.#nextHash;
			if (seals) this.#noteSeal(elapsedMs);
			return filled;
		} catch (error) {
			this.#next = this.#head;
			this.#nextHash = this.#headHash;
			// A full disk may already have made SQLite roll back by itself.
			if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
			throw journalErrorFrom(error);
		}
	}

	/** Seals the head where the last group did not: the work of a quiet moment. Throws JournalError. */
	seal(at: string): void {
		if (this.isSealed) return;
		try {
			this.#sealer.write(this.#head, at);
			this.#noteSeal(performance.now());
		} catch (error) {
			throw journalErrorFrom(error);
		}
	}

	#noteSeal(elapsedMs: number): void {
		this.#sealer.sealed = this.#head.number;
		this.#sealedAtMs = elapsedMs;
	}

	/** The new entry's number and hash, or undefined where the id is in the books already. */
	#append(
		draft: Draft,
		now: { at: string; quality: ClockQuality },
		number = this.#next.number + 1,
	): JournalHead | undefined {
		const { id, kind, source, payload } = draft;
		if (hasArchives(this.#database) && this.#findArchived.get(id) !== undefined) return undefined;
		const header = { number, id, kind, source, at: now.at, clock: now.quality };
		const hash = hashEntry(this.#box, header, payload, this.#next.hash);
		const hashBytes = Buffer.from(hash, "hex");
		const { changes } = this.#insert.run(
			number,
			id,
			kind,
			source,
			now.at,
			now.quality,
			payload,
			this.#nextHash,
			hashBytes,
		);
		if (changes === 0) return undefined;
		this.#next = { number, hash };
		this.#nextHash = hashBytes;
		return this.#next;
	}
}

/** An open group: what is appended becomes durable together. */
export type Group = {
	at: string;
	quality: ClockQuality;
	/** `number`: beyond the next one only for the first entry of a new epoch. */
	append(draft: Draft, number?: number): JournalHead | undefined;
};
