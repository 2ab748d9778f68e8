import { hash as digest } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EntryKind } from "@kassahub/contracts/journal-entry.ts";
import type { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import type { Reason } from "@kassahub/contracts/reason.ts";

/** A message that could not be booked, as it came (card numbers masked), with all that replaying it needs. */
export type Refused = {
	id: string | null;
	kind: EntryKind;
	source: string;
	register: string | null;
	topic: string;
	payload: Uint8Array;
	reasons: Reason[];
};

/** What can't be booked is kept here, in the journal's own file, so that nothing vanishes (invariant 3). */
export class Quarantine {
	readonly #keep: StatementSync;
	readonly #find: StatementSync;
	readonly #select: StatementSync;
	readonly #list: StatementSync;
	readonly #resolve: StatementSync;

	constructor(database: DatabaseSync) {
		this.#keep = database.prepare(
			"INSERT INTO quarantine (digest, id, kind, source, register, topic, at, payload, reasons) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
		);
		this.#find = database.prepare("SELECT number FROM quarantine WHERE digest = ?");
		this.#select = database.prepare("SELECT * FROM quarantine WHERE number = ?");
		this.#list = database.prepare("SELECT * FROM quarantine ORDER BY number DESC LIMIT ?");
		this.#resolve = database.prepare("UPDATE quarantine SET resolved_at = ?, resolved_by = ? WHERE number = ?");
	}

	/** Keeps a message and returns its number. A redelivery of the same message is kept once. */
	keep(refused: Refused, at: string): number {
		const { id, kind, source, register, topic, payload, reasons } = refused;
		const print = digest("sha256", Buffer.concat([Buffer.from(`${kind}\n${source}\n${topic}\n`), payload]), "buffer");
		const kept = this.#keep.run(print, id, kind, source, register, topic, at, payload, JSON.stringify(reasons));
		return Number(kept.changes === 1 ? kept.lastInsertRowid : this.#find.get(print)?.number);
	}

	get(number: number): (Refused & { resolvedBy: number | null }) | undefined {
		const row = this.#select.get(number);
		return row && { ...refusedOf(row), resolvedBy: row.resolved_by as number | null };
	}

	/** The newest first. */
	list(limit: number): QuarantineItem[] {
		return this.#list.all(limit).map((row) => {
			const { payload, ...refused } = refusedOf(row);
			return {
				number: row.number as number,
				...refused,
				at: row.at as string,
				payload: Buffer.from(payload).toString(),
				resolvedAt: row.resolved_at as string | null,
				resolvedBy: row.resolved_by as number | null,
			};
		});
	}

	resolve(number: number, at: string, by: number): void {
		this.#resolve.run(at, by, number);
	}
}

const refusedOf = (row: Record<string, unknown>): Refused => ({
	id: row.id as string | null,
	kind: row.kind as EntryKind,
	source: row.source as string,
	register: row.register as string | null,
	topic: row.topic as string,
	payload: row.payload as Uint8Array,
	reasons: JSON.parse(row.reasons as string),
});
