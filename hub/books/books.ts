import { EventEmitter, once } from "node:events";
import type { Booking } from "@kassahub/contracts/booking.ts";
import type { Drawer } from "@kassahub/contracts/drawer.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { Epoch, JournalHead } from "@kassahub/contracts/journal-head.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import type { Turnover } from "@kassahub/contracts/turnover.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { Lines } from "../journal/export.ts";
import { JournalError, type JournalErrorCode } from "../journal/journal-error.ts";
import type { TerminalPayments } from "../shop/payments.ts";
import { Packer, unpackOutcomes } from "./packing.ts";
import type { Changed, LedgerAnswers, ReaderAnswers, Report } from "./protocol.ts";
import type { Outcome, Submission } from "./submission.ts";
import { errorOf, ThreadLink } from "./thread-link.ts";

export type { Changed } from "./protocol.ts";
export type { Outcome, Submission } from "./submission.ts";

/** A sale that was just booked for the first time. */
export class BookedSale {
	readonly submission: Submission;
	readonly booking: Booking;

	constructor(submission: Submission, booking: Booking) {
		this.submission = submission;
		this.booking = booking;
	}

	/** Parsed when asked for: most bookings print nothing here, and the main thread has no time to spare. */
	get sale(): Sale {
		return JSON.parse(Buffer.from(this.submission.payload).toString());
	}
}

/** A payment request that the books have. Only one that just came is in `request`: what is sent again, or out of quarantine, isn't. */
export type BookedRequest = { booking: Booking; request?: PaymentRequest };

type Waiting = { submission: Submission; resolve(outcome: Outcome): void; reject(error: Error): void };

const QUARANTINE_LISTED_MAX = 1000;

/**
 * The books of this box, as the main thread sees them. Everything happens in two threads behind it: one owns the
 * journal and the shop state, one reads at length. Here submissions are only packed and outcomes unpacked.
 */
export class Books extends EventEmitter<{
	changed: [Changed];
	booked: [BookedSale];
	payment: [BookedRequest];
	/** Nothing can be booked, and why; once, until `writable`. */
	unwritable: [{ code: JournalErrorCode; message: string }];
	writable: [];
}> {
	readonly box: string;
	/** Where the journal skips numbers, because it was put back from a backup. */
	readonly epochs: readonly Epoch[];
	readonly #ledger: ThreadLink<LedgerAnswers>;
	readonly #reader: ThreadLink<ReaderAnswers>;
	#packer = new Packer();
	#head: JournalHead;
	/** Submitted in this tick. */
	#collected: Waiting[] = [];
	/** With the thread, in the order in which it answers. */
	#sent: Waiting[] = [];
	#idle: (() => void)[] = [];
	#isWritable = true;
	#isClosed = false;
	#rebuilding: Promise<{ entries: number; same: boolean }> | undefined;

	private constructor(
		{ box, head, epochs }: { box: string; head: JournalHead; epochs: Epoch[] },
		ledger: ThreadLink<LedgerAnswers>,
		reader: ThreadLink<ReaderAnswers>,
	) {
		super();
		this.box = box;
		this.epochs = epochs;
		this.#head = head;
		this.#ledger = ledger;
		this.#reader = reader;
		ledger.on("report", (report) => this.#take(report));
		ledger.on("lost", (reason) => this.#lose(reason));
	}

	/** Opens the journal in `dataDir`, and makes it where there is none. Rejects with the reason where it cannot. */
	static async open({ dataDir, clock = systemClock }: { dataDir: string; clock?: Clock }): Promise<Books> {
		const data = { dataDir, clock: clock.setting };
		const ledger = new ThreadLink<LedgerAnswers>(new URL("./thread.ts", import.meta.url), data);
		const started = once(ledger, "report") as Promise<[Extract<Report, { type: "started" }>]>;
		await ledger.start();
		const [{ journal }] = await started;
		if (journal === undefined) throw new Error("the books' thread started without its journal");
		// The first sale need not wait for the thread that will read it.
		const reader = new ThreadLink<ReaderAnswers>(new URL("./reader-thread.ts", import.meta.url), data);
		reader.startSoon();
		return new Books(journal, ledger, reader);
	}

	/** Resolves once booked or quarantined, fsynced. Rejects with JournalError where nothing could be made durable. */
	submit(submission: Submission): Promise<Outcome> {
		return new Promise((resolve, reject) => {
			if (this.#isClosed || !this.#ledger.isRunning) {
				reject(new JournalError("JOURNAL_UNWRITABLE", "the books are closed, or not open again yet"));
				return;
			}
			// All that one tick brings, from any number of sockets, crosses in one message.
			if (this.#collected.length === 0) setImmediate(() => this.#send());
			this.#collected.push({ submission, resolve, reject });
		});
	}

	head(): JournalHead {
		return this.#head;
	}

	stock(): Promise<StockLevel[]> {
		return this.#ledger.ask("stock");
	}

	level(sku: string): Promise<StockLevel | undefined> {
		return this.#ledger.ask("level", sku);
	}

	/** The products that changed after the version `since`; 0 for all. */
	catalogue(since: number): Promise<{ version: number; products: Product[] }> {
		return this.#ledger.ask("catalogue", since);
	}

	product(sku: string): Promise<Product | undefined> {
		return this.#ledger.ask("product", sku);
	}

	/** `day` as YYYY-MM-DD. */
	turnover(day: string): Promise<Turnover> {
		return this.#ledger.ask("turnover", day);
	}

	drawers(): Promise<Drawer[]> {
		return this.#ledger.ask("drawers");
	}

	entry(id: string): Promise<JournalEntry | undefined> {
		return this.#ledger.ask("entry", id);
	}

	/** A payment request and its last outcome, where there is one. */
	payment(id: string): Promise<{ request: JournalEntry; outcome?: JournalEntry } | undefined> {
		return this.#ledger.ask("payment", id);
	}

	/** What is known of every terminal, by its name: its open and unknown payments, and its totals. */
	terminals(): Promise<Map<string, TerminalPayments>> {
		return this.#ledger.ask("terminals");
	}

	/** The last sales, newest first, of one register or of all; at most 200. */
	recentSales({ register, limit }: { register?: string; limit: number }): Promise<JournalEntry[]> {
		return this.#ledger.ask("recentSales", register, limit);
	}

	entries(after: number, limit: number): Promise<JournalEntry[]> {
		return this.#reader.ask("entries", after, limit);
	}

	/** The lines of NDJSON after a number, for the relay; `count` 0 where there are none. */
	lines(after: number, maxRows: number, maxBytes: number): Promise<Lines> {
		return this.#reader.ask("lines", after, maxRows, maxBytes);
	}

	/** Who did what, the newest first. */
	audit(limit: number): Promise<JournalEntry[]> {
		return this.#reader.ask("audit", limit);
	}

	/** The newest first. */
	quarantine(): Promise<QuarantineItem[]> {
		return this.#reader.ask("quarantine", QUARANTINE_LISTED_MAX);
	}

	/** Submits a quarantined message again, repaired where `payload` is given. Undefined where there is no such item. */
	async replay(number: number, payload?: Uint8Array): Promise<Outcome | undefined> {
		const replayed = await this.#ledger.ask("replay", number, payload);
		if (replayed?.outcome.status === "booked" && replayed.outcome.booking.kind === "payment") {
			this.emit("payment", { booking: replayed.outcome.booking });
		}
		return replayed?.outcome;
	}

	/** Moves a few of the rows up to a number that were booked before a moment into the archives; returns how many. */
	archive(through: number, before: string): Promise<number> {
		return this.#ledger.ask("archive", through, before);
	}

	/** Folds the whole journal anew, beside the living shop, and compares. */
	rebuild(): Promise<{ entries: number; same: boolean }> {
		this.#rebuilding ??= this.#rebuildOnce().finally(() => {
			this.#rebuilding = undefined;
		});
		return this.#rebuilding;
	}

	/** Waits for what is under way, then seals and closes the journal. */
	async close(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		if (this.#collected.length + this.#sent.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
		await this.#reader.close();
		await this.#ledger.close();
	}

	async #rebuildOnce(): Promise<{ entries: number; same: boolean }> {
		await this.#reader.ask("fold");
		const { number, text } = await this.#ledger.ask("state");
		return { entries: number, same: await this.#reader.ask("compare", number, text) };
	}

	#send(): void {
		const collected = this.#collected;
		this.#collected = [];
		for (const waiting of collected) this.#sent.push(waiting);
		if (!this.#ledger.isRunning) {
			this.#fail(this.#sent.length, new JournalError("JOURNAL_UNWRITABLE", "the journal's thread ended"));
			return;
		}
		this.#ledger.submit(this.#packer.pack(collected.map((waiting) => waiting.submission)));
	}

	#take(report: Report): void {
		switch (report.type) {
			case "started":
				this.#packer = new Packer();
				if (report.journal) this.#head = report.journal.head;
				this.#noteWritable();
				break;
			case "booked":
				this.#head = report.head;
				this.#settle(report.outcomes);
				break;
			case "unbooked":
				this.#fail(report.count, errorOf(report.failure));
				break;
			case "changed":
				this.emit("changed", report.changed);
				break;
			case "unwritable":
				this.#noteUnwritable(report.code, report.message);
				break;
			case "writable":
				this.#noteWritable();
				break;
		}
	}

	#settle(packed: Extract<Report, { type: "booked" }>["outcomes"]): void {
		const settled = this.#sent.splice(0, packed.count);
		const outcomes = unpackOutcomes(
			packed,
			settled.map((waiting) => waiting.submission.kind),
		);
		const isWatched = this.listenerCount("booked") > 0;
		for (const [index, { submission, resolve }] of settled.entries()) {
			const outcome = outcomes[index] as Outcome;
			resolve(outcome);
			if (submission.kind === "payment") this.#tellPayment(submission, outcome);
			else if (isWatched && submission.kind === "sale" && outcome.status === "booked" && !outcome.booking.duplicate) {
				this.emit("booked", new BookedSale(submission, outcome.booking));
			}
		}
		this.#noteIdle();
	}

	#tellPayment({ payload }: Submission, outcome: Outcome): void {
		// An id may have been booked before as something else.
		if (outcome.status === "rejected" || outcome.booking.kind !== "payment") return;
		const { booking } = outcome;
		if (booking.duplicate) this.emit("payment", { booking });
		else this.emit("payment", { booking, request: JSON.parse(Buffer.from(payload).toString()) });
	}

	#fail(count: number, error: Error): void {
		for (const { reject } of this.#sent.splice(0, count)) reject(error);
		this.#noteIdle();
	}

	#lose(reason: Error): void {
		this.#noteUnwritable("JOURNAL_UNWRITABLE", reason.message);
		this.#fail(this.#sent.length, new JournalError("JOURNAL_UNWRITABLE", reason));
	}

	#noteUnwritable(code: JournalErrorCode, message: string): void {
		if (this.#isWritable) this.emit("unwritable", { code, message });
		this.#isWritable = false;
	}

	#noteWritable(): void {
		if (!this.#isWritable) this.emit("writable");
		this.#isWritable = true;
	}

	#noteIdle(): void {
		if (this.#collected.length + this.#sent.length > 0) return;
		for (const resolve of this.#idle.splice(0)) resolve();
	}
}
