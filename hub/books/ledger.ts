import { join } from "node:path";
import type { Booking } from "@kassahub/contracts/booking.ts";
import type { EntryKind, JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { Epoch, JournalHead } from "@kassahub/contracts/journal-head.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { uuidv7 } from "uuidv7";
import type { Clock } from "../clock.ts";
import { type Event, examine } from "../intake/examine.ts";
import { reasonFor } from "../intake/reasons.ts";
import { archiveRows } from "../journal/archive.ts";
import { Checkpointer } from "../journal/checkpoint.ts";
import { entriesAfter, journalEntry, selectById, selectByNumber, storedEntry } from "../journal/entries.ts";
import { epochsOf } from "../journal/epoch.ts";
import { journalErrorFrom } from "../journal/journal-error.ts";
import { OUTCOMES_MAX, outcomeId } from "../journal/outcome-id.ts";
import { Quarantine } from "../journal/quarantine.ts";
import { Sealer } from "../journal/seals.ts";
import { loadSnapshot, saveSnapshot } from "../journal/snapshot.ts";
import { JOURNAL_FILE, KEY_FILE, openStore, type Store, writeMeta } from "../journal/store.ts";
import { CLOSED_AT } from "../journal/verify.ts";
import { type Group, JournalWriter } from "../journal/writer.ts";
import { saleFlags } from "../shop/catalogue.ts";
import { paymentsNamed, requestFlags, salePaymentFlags } from "../shop/payment-flags.ts";
import { isSpent } from "../shop/payments.ts";
import {
	applyEntry,
	type Changes,
	emptyState,
	FOLD_VERSION,
	noChanges,
	type ShopState,
	stateFrom,
	stateText,
} from "../shop/state.ts";
import { type Booked, fullOutcome, type LeanOutcome } from "./lean-outcome.ts";
import type { Outcome, Submission } from "./submission.ts";

/** So many entries are folded anew at most after a power cut. */
const SNAPSHOT_EVERY = 50_000;

/** So many rows are moved between two sales at most. */
const ARCHIVED_AT_ONCE = 500;

type Folding = { number: number; kind: EntryKind; at: string; payload: Event };

/**
 * The books of one box: checks, journal and shop state behind one synchronous face, for the thread that owns them.
 */
export class Ledger {
	readonly #store: Store;
	readonly #journalFile: string;
	readonly #clock: Clock;
	readonly #writer: JournalWriter;
	readonly #quarantine: Quarantine;
	readonly #checkpointer: Checkpointer;
	readonly #byId;
	readonly #byNumber;
	readonly #keepFlags;
	readonly #findFlags;
	#state: ShopState;
	#changes: Changes = noChanges();
	/** Payments that sales of the open group name: they are not folded yet. */
	readonly #spending = new Set<string>();
	#snapshotNumber: number;

	/** Throws where the journal cannot be opened: without it there is no shop. */
	constructor(dataDir: string, clock: Clock) {
		this.#journalFile = join(dataDir, JOURNAL_FILE);
		this.#store = openStore(this.#journalFile);
		this.#clock = clock;
		const { database, box } = this.#store;
		this.#writer = new JournalWriter(this.#store, new Sealer(database, box, join(dataDir, KEY_FILE)));
		this.#quarantine = new Quarantine(database);
		this.#checkpointer = new Checkpointer(database);
		this.#byId = selectById(database);
		this.#byNumber = selectByNumber(database);
		this.#keepFlags = database.prepare("INSERT INTO flags VALUES (?, ?)");
		this.#findFlags = database.prepare("SELECT flags FROM flags WHERE number = ?");
		const snapshot = loadSnapshot(database, FOLD_VERSION);
		this.#snapshotNumber = snapshot?.head.number ?? 0;
		this.#state = snapshot ? stateFrom(snapshot.state) : emptyState();
		for (const entry of entriesAfter(database, this.#snapshotNumber)) {
			applyEntry(this.#state, journalEntry(entry), this.#changes);
		}
		this.#changes = noChanges();
		this.#open();
	}

	// After a kill the WAL may hold groups that were written but not yet synced. A redelivery of one of those is
	// answered as booked without writing anything, so one synced write comes first: it takes all before it along.
	#open(): void {
		const now = this.#clock.now();
		const { database } = this.#store;
		this.#writer.writeGroup(now, () => {
			database.prepare("DELETE FROM meta WHERE key = ?").run(CLOSED_AT);
			writeMeta(database, "opened_at", now.at);
		});
	}

	get box(): string {
		return this.#store.box;
	}

	get head(): JournalHead {
		return this.#writer.head;
	}

	get epochs(): Epoch[] {
		return epochsOf(this.#store.database);
	}

	get state(): ShopState {
		return this.#state;
	}

	/** Books or quarantines every submission in one durable group. Throws JournalError: then none of them happened. */
	book(submissions: readonly Submission[]): Booked {
		const now = this.#clock.now();
		const folding: Folding[] = [];
		this.#spending.clear();
		let bytes = 0;
		const outcomes = this.#writer.writeGroup(now, (group) =>
			submissions.map((submission) => {
				bytes += submission.payload.byteLength;
				return this.#bookOne(group, submission, folding);
			}),
		);
		this.#fold(folding);
		this.#checkpointer.noteGroup(submissions.length, bytes);
		return { at: now.at, clock: now.quality, outcomes };
	}

	/**
	 * Submits a quarantined message again, as it is or repaired. Booked or found booked already, it is marked resolved.
	 * Returns undefined where there is no such item. Throws JournalError.
	 */
	replay(number: number, repaired: Uint8Array | undefined): { outcome: Outcome; kind: EntryKind } | undefined {
		const item = this.#quarantine.get(number);
		if (item === undefined) return undefined;
		const { kind, source, register, topic } = item;
		const now = this.#clock.now();
		const folding: Folding[] = [];
		this.#spending.clear();
		const submission = { kind, source, register, topic, payload: repaired ?? item.payload };
		const outcome = this.#writer.writeGroup(now, (group) => {
			const lean = this.#bookOne(group, submission, folding, number);
			const full = fullOutcome(lean, kind, now.at, now.quality);
			if (full.status === "booked") this.#quarantine.resolve(number, now.at, full.booking.number);
			return full;
		});
		this.#fold(folding);
		return { outcome, kind };
	}

	/** What changed since the last time this was asked. */
	takeChanges(): Changes {
		const changes = this.#changes;
		this.#changes = noChanges();
		return changes;
	}

	entry(id: string): JournalEntry | undefined {
		const row = this.#byId.get(id);
		return row && journalEntry(storedEntry(row));
	}

	/** The last outcome of a payment. */
	outcome(payment: string): JournalEntry | undefined {
		for (let place = OUTCOMES_MAX; place > 0; place--) {
			const entry = this.entry(outcomeId(payment, place));
			if (entry !== undefined) return entry;
		}
		return undefined;
	}

	entriesAt(numbers: readonly number[]): JournalEntry[] {
		return numbers.map((number) => journalEntry(storedEntry(this.#byNumber.get(number) ?? {})));
	}

	/**
	 * Moves rows that the cloud has and that were booked before a moment into the archives, a few at a time; those that the
	 * snapshot does not cover yet stay. Returns how many were moved. Throws JournalError.
	 */
	archive(through: number, before: string): number {
		const last = Math.min(through, this.#snapshotNumber - 1, this.head.number - 1);
		try {
			return archiveRows(this.#store.database, this.#journalFile, { through: last, before, limit: ARCHIVED_AT_ONCE });
		} catch (error) {
			throw journalErrorFrom(error);
		}
	}

	/** Empties the WAL where it has grown too far even for a busy shop. */
	relieve(): void {
		if (this.#checkpointer.isOverdue) this.#checkpoint();
	}

	/**
	 * The work of a quiet moment: seal the head, keep a snapshot once in a while, empty the WAL.
	 * With `isProbe` it writes in any case, to learn whether the disk takes writes again. Throws JournalError.
	 */
	settle(isProbe: boolean): void {
		const now = this.#clock.now();
		this.#writer.seal(now.at);
		if (this.head.number - this.#snapshotNumber >= SNAPSHOT_EVERY) this.#snapshot();
		if (isProbe) {
			this.#writer.writeGroup(now, () => writeMeta(this.#store.database, "written_again_at", now.at));
		}
		if (this.#checkpointer.isWorthwhile) this.#checkpoint();
	}

	/** Seals, keeps a snapshot, notes the orderly end and closes the file. */
	close(): void {
		const now = this.#clock.now();
		try {
			this.#writer.seal(now.at);
			if (this.head.number !== this.#snapshotNumber) this.#snapshot();
			this.#writer.writeGroup(now, () => writeMeta(this.#store.database, CLOSED_AT, String(this.head.number)));
		} finally {
			this.#store.database.close();
		}
	}

	#bookOne(group: Group, submission: Submission, folding: Folding[], replayOf?: number): LeanOutcome {
		const { kind, source } = submission;
		// Whoever repairs a message says whose it is; the topic it once came on no longer does.
		const { register, payload } = submission;
		const examined = examine(replayOf === undefined ? submission : { kind, register, payload });
		if (!examined.isFit) {
			return this.#refuse(group, submission, examined, replayOf);
		}
		const { event, text } = examined;
		const unchanged = kind === "product" ? this.#unchangedProduct(event as Product, text) : undefined;
		if (unchanged !== undefined) return unchanged;
		// A product is known by its SKU, not by an event of a sender's: its entry gets an id here.
		const id = "id" in event ? event.id : uuidv7();
		const appended = group.append({ id, kind, source, payload: text });
		if (appended === undefined) return this.#bookedBefore(group, submission, id, text, replayOf);
		const { number, hash } = appended;
		folding.push({ number, kind, at: group.at, payload: event });
		const flags = this.#flagsFor(kind, event);
		if (flags.length === 0) return { status: "fresh", id, number, hash };
		this.#keepFlags.run(number, JSON.stringify(flags));
		const booking = { id, kind, number, hash, at: group.at, clock: group.quality, duplicate: false, flags };
		return { status: "booked", booking };
	}

	#refuse(
		{ at }: Group,
		submission: Submission,
		refused: Omit<Extract<ReturnType<typeof examine>, { isFit: false }>, "isFit">,
		replayOf: number | undefined,
	): Outcome {
		const { id, reasons, kept } = refused;
		// What is replayed in vain stays the item it was.
		const quarantine = replayOf ?? this.#quarantine.keep({ ...submission, id, reasons, payload: kept }, at);
		return { status: "rejected", rejection: { id, quarantine, topic: submission.topic, at, reasons } };
	}

	/** The first booking of an id (invariant 2); other content under the same id is kept for a technician to look at. */
	#bookedBefore(group: Group, submission: Submission, id: string, text: string, replayOf: number | undefined): Outcome {
		const first = storedEntry(this.#byId.get(id) ?? {});
		const isSame = first.kind === submission.kind && first.payload === text;
		if (!isSame) {
			const message = `the id is booked under number ${first.number} with other content`;
			const reasons = [reasonFor("ID_REUSED", "/id", message)];
			const refusal = this.#refuse(group, submission, { id, reasons, kept: submission.payload }, replayOf);
			if (replayOf !== undefined) return refusal;
		}
		return { status: "booked", booking: this.#bookingOf(first) };
	}

	/** A product that is put again as it is adds nothing: an import may be repeated. */
	#unchangedProduct(product: Product, text: string): Outcome | undefined {
		const held = this.#state.catalogue.products.get(product.sku);
		if (held === undefined) return undefined;
		const stored = storedEntry(this.#byNumber.get(held.number) ?? {});
		return stored.payload === text ? { status: "booked", booking: this.#bookingOf(stored) } : undefined;
	}

	#bookingOf(stored: ReturnType<typeof storedEntry>): Booking {
		const { id, kind, number, hash, at, clock } = stored;
		const flags = JSON.parse(String(this.#findFlags.get(number)?.flags ?? "[]"));
		return { id, kind, number, hash, at, clock, duplicate: true, flags };
	}

	#flagsFor(kind: EntryKind, event: Event): string[] {
		if (kind === "payment") return requestFlags(this.#state.payments, event as PaymentRequest);
		if (kind !== "sale") return [];
		const sale = event as Sale;
		const flags = saleFlags(this.#state.catalogue, sale);
		const named = paymentsNamed(sale);
		if (named.length === 0) return flags;
		const { spent } = this.#state.payments;
		const isTaken = (payment: string) => this.#spending.has(payment) || isSpent(spent, payment);
		flags.push(...salePaymentFlags(sale, (payment) => this.outcome(payment)?.payload as PaymentOutcome, isTaken));
		for (const payment of named) this.#spending.add(payment);
		return flags;
	}

	#fold(folding: readonly Folding[]): void {
		for (const entry of folding) applyEntry(this.#state, entry, this.#changes);
	}

	#snapshot(): void {
		const { database } = this.#store;
		this.#writer.writeGroup(this.#clock.now(), () =>
			saveSnapshot(database, { head: this.head, state: stateText(this.#state) }, FOLD_VERSION),
		);
		this.#snapshotNumber = this.head.number;
	}

	#checkpoint(): void {
		try {
			this.#checkpointer.run();
		} catch (error) {
			throw journalErrorFrom(error);
		}
	}
}
