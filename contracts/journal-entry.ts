import { hash as digest } from "node:crypto";
import { type Static, Type } from "typebox";
import { EventId, Hash, Timestamp } from "./fields.ts";

export const EntryKind = Type.Enum(["sale", "cash", "stock", "product", "payment", "outcome", "audit"], {
	description: "What the entry books; each has its own payload schema",
});
export type EntryKind = Static<typeof EntryKind>;

export const ClockQuality = Type.Enum(["synchronised", "unsynchronised"], {
	description: "Whether the box's clock was known to be right when it wrote `at` (invariant 10)",
});
export type ClockQuality = Static<typeof ClockQuality>;

/** One row of a shop's journal, as it is exported, relayed and verified. */
export const JournalEntry = Type.Object(
	{
		number: Type.Integer({ minimum: 1, description: "Gapless, per box" }),
		id: EventId,
		kind: EntryKind,
		source: Type.String({ description: "Who sent it: register:kassa-1, technician:console, hub" }),
		at: Timestamp,
		clock: ClockQuality,
		payload: Type.Unknown({ description: "The event, in canonical JSON" }),
		previousHash: Hash,
		hash: Hash,
	},
	{ additionalProperties: false },
);
export type JournalEntry = Static<typeof JournalEntry>;

/** The hash before the first entry. */
export const GENESIS_HASH = "0".repeat(64);

export type EntryHeader = Omit<JournalEntry, "payload" | "hash" | "previousHash">;

/**
 * hash = SHA-256(previousHash + "\n" + canonical JSON of the entry without its two hashes, plus `box` and `v`).
 * `canonicalPayload` is the payload already in canonical JSON, so that it is serialised once.
 * `source`, `kind` and `clock` hold no characters that JSON escapes, which intake guarantees.
 */
export function hashEntry(box: string, header: EntryHeader, canonicalPayload: string, previousHash: string): string {
	return digest(
		"sha256",
		`${previousHash}\n{"at":"${header.at}","box":"${box}","clock":"${header.clock}","id":"${header.id}","kind":"${header.kind}","number":${header.number},"payload":${canonicalPayload},"source":"${header.source}","v":1}`,
	);
}

/** The entry as one line of JSON without its line end: what export prints and the relay sends. */
export function entryLine(header: EntryHeader, canonicalPayload: string, previousHash: string, hash: string): string {
	return `{"number":${header.number},"id":"${header.id}","kind":"${header.kind}","source":"${header.source}","at":"${header.at}","clock":"${header.clock}","payload":${canonicalPayload},"previousHash":"${previousHash}","hash":"${hash}"}`;
}
