import { join } from "node:path";
import { workerData } from "node:worker_threads";
import { entriesAfter, journalEntry, selectAfter, storedEntry } from "../journal/entries.ts";
import { packLines } from "../journal/export.ts";
import { Quarantine } from "../journal/quarantine.ts";
import { openReadOnly } from "../journal/store.ts";
import { applyEntry, emptyState, noChanges, type ShopState, stateText } from "../shop/state.ts";
import { JOURNAL_FILE } from "./ledger.ts";
import { report, takeOrders } from "./port.ts";
import type { ReaderAnswers, ThreadData } from "./protocol.ts";

/** The thread that reads the journal at length, for relay, API and rebuild, while the other one goes on booking. */
const { dataDir } = workerData as ThreadData;
const { database, box } = openReadOnly(join(dataDir, JOURNAL_FILE));
const quarantine = new Quarantine(database);
const after = selectAfter(database);

/** A state that is being folded anew, and the last number that is in it. */
let rebuilt: { state: ShopState; number: number } = { state: emptyState(), number: 0 };

function foldTo(last: number): void {
	for (const entry of entriesAfter(database, rebuilt.number)) {
		if (entry.number > last) return;
		applyEntry(rebuilt.state, journalEntry(entry), noChanges());
		rebuilt.number = entry.number;
	}
}

const answers: ReaderAnswers = {
	entries: (number, limit) => after.all(number, limit).map((row) => journalEntry(storedEntry(row))),
	lines: (number, maxRows, maxBytes) => packLines(after.all(number, maxRows).map(storedEntry), number, maxBytes),
	quarantine: (limit) => quarantine.list(limit),
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
	close: () => database.close(),
};

takeOrders(answers);
report({ type: "ready", box, head: { number: 0, hash: "" } });
