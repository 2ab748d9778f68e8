import type { AuditEntry } from "./audit.ts";
import type { EntryKind } from "./journal-entry.ts";

/**
 * A journal that was put back from a backup goes on in a new epoch: an audit entry `restored` that follows, by its hash,
 * from the last row of the backup, and is numbered far beyond it. The box that was lost may have used the numbers between.
 */

/** The last number of the epoch before, where an entry opens a new one; undefined for every other entry. */
export function epochAfter(kind: EntryKind, payload: unknown): number | undefined {
	if (kind !== "audit") return undefined;
	const { action, after } = payload as Partial<AuditEntry>;
	return action === "restored" ? after : undefined;
}

/**
 * The first number of an epoch opened at `epochMs`: the milliseconds since 1970. No box books a thousand rows a second
 * for as long as it lives, so no earlier life of this journal came this far, and none restored later begins before it.
 */
export const epochNumber = (after: number, epochMs: number): number => Math.max(after + 1, Math.floor(epochMs));
