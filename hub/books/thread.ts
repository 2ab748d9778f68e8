import { workerData } from "node:worker_threads";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import { openClock } from "../clock.ts";
import { JournalError } from "../journal/journal-error.ts";
import { changedSince } from "../shop/catalogue.ts";
import { recentNumbers } from "../shop/recent.ts";
import { stateText } from "../shop/state.ts";
import { stockLevel } from "../shop/stock.ts";
import { dayOf, turnoverOf } from "../shop/turnover.ts";
import { changedNow } from "./changed.ts";
import { Ledger } from "./ledger.ts";
import { packOutcomes, Unpacker } from "./packing.ts";
import { failureOf, report, takeOrders } from "./port.ts";
import type { LedgerAnswers, ThreadData } from "./protocol.ts";
import type { Submission } from "./submission.ts";

/**
 * The thread that owns the books. Whatever arrived while the last group was being synced makes the next group:
 * a slow disk makes larger groups by itself, and no timer delays a lone sale.
 */
const GROUP_MAX = 1000;
/** Quiet for this long is time for seals, checkpoints and snapshots. */
const QUIET_MS = 250;
const ANNOUNCE_EVERY_MS = 100;

const { dataDir, clock: setting } = workerData as ThreadData;
const clock = openClock(setting);
const ledger = new Ledger(dataDir, clock);
const unpacker = new Unpacker();

let waiting: Submission[] = [];
let isGroupDue = false;
let isWritable = true;
let announcedAtMs = Number.NEGATIVE_INFINITY;
let announcement: NodeJS.Timeout | undefined;
const quiet = setTimeout(settle, QUIET_MS);

function groupSoon(): void {
	if (isGroupDue) return;
	isGroupDue = true;
	setImmediate(bookGroup);
}

function bookGroup(): void {
	isGroupDue = false;
	const group = waiting.slice(0, GROUP_MAX);
	waiting = waiting.slice(GROUP_MAX);
	if (group.length === 0) return;
	if (waiting.length > 0) groupSoon();
	quiet.refresh();
	try {
		const booked = ledger.book(group);
		report({ type: "booked", outcomes: packOutcomes(booked), head: ledger.head });
		// An answer that a duplicate was booked before wrote nothing, so it proves nothing about the disk.
		if (!isWritable && booked.outcomes.some((outcome) => outcome.status === "fresh")) noteWritable();
	} catch (error) {
		noteUnwritable(error);
		report({ type: "unbooked", count: group.length, failure: failureOf(error) });
		return;
	}
	announceSoon();
	upkeep(() => ledger.relieve());
}

function settle(): void {
	upkeep(() => {
		ledger.settle(!isWritable);
		if (!isWritable) noteWritable();
	});
	// A full disk is probed until it takes writes again, also where no register tries.
	if (!isWritable) quiet.refresh();
}

function upkeep(work: () => void): void {
	try {
		work();
	} catch (error) {
		noteUnwritable(error);
	}
}

/** Raises the alarm once. Throws on what is no failure of the journal. */
function noteUnwritable(error: unknown): void {
	if (!(error instanceof JournalError)) throw error;
	if (isWritable) report({ type: "unwritable", code: error.code, message: error.message });
	isWritable = false;
}

function noteWritable(): void {
	isWritable = true;
	report({ type: "writable" });
}

function announceSoon(): void {
	if (announcement !== undefined) return;
	const elapsedMs = performance.now() - announcedAtMs;
	announcement = setTimeout(announce, Math.max(0, ANNOUNCE_EVERY_MS - elapsedMs));
}

function announce(): void {
	announcement = undefined;
	announcedAtMs = performance.now();
	const changed = changedNow(ledger.state, ledger.takeChanges(), ledger.head, dayOf(clock.now().at));
	report({ type: "changed", changed });
}

const answers: LedgerAnswers = {
	stock() {
		const { stock, catalogue } = ledger.state;
		return [...stock.keys()].sort().flatMap((sku) => stockLevel(stock, catalogue, sku) ?? []);
	},
	level: (sku) => stockLevel(ledger.state.stock, ledger.state.catalogue, sku),
	catalogue(since) {
		const { catalogue } = ledger.state;
		return { version: catalogue.version, products: changedSince(catalogue, since) };
	},
	product: (sku) => ledger.state.catalogue.products.get(sku)?.product,
	turnover: (day) => turnoverOf(ledger.state.days, day),
	drawers: () => [...ledger.state.drawers.values()].sort((a, b) => (a.register < b.register ? -1 : 1)),
	entry: (id) => ledger.entry(id),
	payment(id) {
		const request = ledger.entry(id);
		if (request?.kind !== "payment") return undefined;
		const outcome = ledger.outcome(id);
		return { request, ...(outcome ? { outcome } : {}) };
	},
	terminals: () => ledger.state.payments.terminals,
	recentSales: (register, limit): JournalEntry[] =>
		ledger.entriesAt(recentNumbers(ledger.state.recent, register, limit)),
	replay(number, repaired) {
		const replayed = ledger.replay(number, repaired);
		quiet.refresh();
		announceSoon();
		return replayed;
	},
	archive: (through, before) => ledger.archive(through, before),
	state: () => ({ number: ledger.head.number, text: stateText(ledger.state) }),
	close() {
		clearTimeout(quiet);
		clearTimeout(announcement);
		ledger.close();
	},
};

takeOrders(answers, (packed) => {
	for (const submission of unpacker.unpack(packed)) waiting.push(submission);
	groupSoon();
});
report({ type: "started", journal: { box: ledger.box, head: ledger.head, epochs: ledger.epochs } });
