import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { workerData } from "node:worker_threads";
import { attachArchives } from "../journal/archive.ts";
import { entriesAfter, journalEntry, selectAfter, selectAudit, storedEntry } from "../journal/entries.ts";
import { packLines } from "../journal/export.ts";
import { Quarantine } from "../journal/quarantine.ts";
import { JOURNAL_FILE, openReadOnly } from "../journal/store.ts";
import { applyEntry, emptyState, noChanges, type ShopState, stateText } from "../shop/state.ts";
import { report, takeOrders } from "./port.ts";
import type { ReaderAnswers, ThreadData } from "./protocol.ts";

/** The thread that reads the journal at length, for relay, API and rebuild, while the other one goes on booking. */
const { dataDir } = workerData as ThreadData;
const journalFile = join(dataDir, JOURNAL_FILE);

/** Opened when first asked: this thread starts beside the one that makes the journal. */
let opened: { database: DatabaseSync; quarantine: Quarantine; after: StatementSync } | undefined;

function journal() {
	if (opened === undefined) {
		const { database } = openReadOnly(journalFile);
		opened = { database, quarantine: new Quarantine(database), after: selectAfter(database) };
	}
	// The other thread may have begun a new one.
	attachArchives(opened.database, journalFile);
	return opened;
}

/** A state that is being folded anew, and the last number that is in it. */
let rebuilt: { state: ShopState; number: number } = { state: emptyState(), number: 0 };

function foldTo(last: number): void {
	for (const entry of entriesAfter(journal().database, rebuilt.number)) {
		if (entry.number > last) return;
		applyEntry(rebuilt.state, journalEntry(entry), noChanges());
		rebuilt.number = entry.number;
	}
}

const answers: ReaderAnswers = {
	entries: (number, limit) =>
		journal()
			.after.all(number, limit)
			.map((row) => journalEntry(storedEntry(row))),
	lines: (number, maxRows, maxBytes) =>
		packLines(journal().after.all(number, maxRows).map(storedEntry), number, maxBytes),
	quarantine: (limit) => journal().quarantine.list(limit),
	audit: (limit) =>
		selectAudit(journal().database)
			.all(limit)
			.map((row) => journalEntry(storedEntry(row))),
	fold() {
		rebuilt = { state: emptyState(), number: 0 };
		foldTo(Number.POSITIVE_INFINITY);
	},
	compare(number, text) {
		foldTo(number);
		const isSame = rebuilt.number === number && stateText(rebuilt.state) === text;
		rebuilt = { state: emptyState(), number: 0 };
		return isSame;
	},
	close: () => opened?.database.close(),
};

takeOrders(answers);
report({ type: "started" });
