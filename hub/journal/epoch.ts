import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { AuditEntry } from "@kassahub/contracts/audit.ts";
import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import { epochNumber } from "@kassahub/contracts/epoch.ts";
import type { Epoch, JournalHead } from "@kassahub/contracts/journal-head.ts";
import { uuidv7 } from "uuidv7";
import type { Clock } from "../clock.ts";
import { Sealer } from "./seals.ts";
import { JOURNAL_FILE, KEY_FILE, openStore, readMeta, writeMeta } from "./store.ts";
import { CLOSED_AT } from "./verify.ts";
import { JournalWriter } from "./writer.ts";

const EPOCHS = "epochs";

/** Where a journal skips numbers, in order; empty where it was never restored. */
export const epochsOf = (database: DatabaseSync): Epoch[] => JSON.parse(readMeta(database, EPOCHS) ?? "[]");

/**
 * Lets a journal that was put back from a backup go on in a new epoch, so that it uses no number again that it gave out
 * after the backup was made. The entry is signed with itself. Returns its place.
 */
export function openEpoch(dataDir: string, clock: Clock, detail: string): JournalHead {
	const store = openStore(join(dataDir, JOURNAL_FILE));
	const { database, box } = store;
	try {
		const writer = new JournalWriter(store, new Sealer(database, box, join(dataDir, KEY_FILE)));
		const after = writer.head.number;
		const now = clock.now();
		const entry: AuditEntry = { id: uuidv7(), at: now.at, who: "hub", action: "restored", after, detail };
		const draft = { id: entry.id, kind: "audit", source: "hub", payload: canonicalJson(entry) } as const;
		const first = epochNumber(after, clock.epochMs());
		writer.writeGroup(now, (group) => {
			group.append(draft, first);
			writeMeta(database, EPOCHS, JSON.stringify([...epochsOf(database), { after, first }]));
			// A backup of closed books says where they were closed.
			database.prepare("DELETE FROM meta WHERE key = ?").run(CLOSED_AT);
		});
		return writer.head;
	} finally {
		database.close();
	}
}
