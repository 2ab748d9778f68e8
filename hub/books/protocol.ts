import type { Booking } from "@kassahub/contracts/booking.ts";
import type { CatalogueVersion } from "@kassahub/contracts/catalogue-version.ts";
import type { Drawer } from "@kassahub/contracts/drawer.ts";
import type { EntryKind, JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { Epoch, JournalHead } from "@kassahub/contracts/journal-head.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import type { Turnover } from "@kassahub/contracts/turnover.ts";
import type { ClockSetting } from "../clock.ts";
import type { Lines } from "../journal/export.ts";
import type { JournalErrorCode } from "../journal/journal-error.ts";
import type { TerminalPayments } from "../shop/payments.ts";
import type { Outcome, Submission } from "./submission.ts";

/** What a thread of the books starts with. */
export type ThreadData = { dataDir: string; clock: ClockSetting };

/** Everything of a submission but its payload. Clients are few and sales many: each route is told once. */
export type Route = Omit<Submission, "payload">;

/** The submissions of one tick in one buffer, see packing.ts. */
export type Packed = { newRoutes: Route[]; count: number; buffer: ArrayBuffer };

/** The outcomes of one group: plain bookings in three columns, all others whole, with their place in the group. */
export type PackedOutcomes = {
	count: number;
	at: string;
	clock: Booking["clock"];
	numbers: number[];
	ids: string;
	hashes: string;
	others: [place: number, outcome: Outcome][];
};

export type Changed = {
	levels: StockLevel[];
	drawers: Drawer[];
	turnover?: Turnover;
	catalogue?: CatalogueVersion;
	head: JournalHead;
};

export type Failure = { code?: JournalErrorCode; message: string };

/** From a thread of the books to the main one. */
export type Report =
	| { type: "started"; journal?: { box: string; head: JournalHead; epochs: Epoch[] } }
	| { type: "booked"; outcomes: PackedOutcomes; head: JournalHead }
	| { type: "unbooked"; count: number; failure: Failure }
	| { type: "changed"; changed: Changed }
	| { type: "unwritable"; code: JournalErrorCode; message: string }
	| { type: "writable" }
	| { type: "answer"; ask: number; value: unknown }
	| { type: "unanswered"; ask: number; failure: Failure };

/** To a thread of the books. */
export type Order = { type: "submit"; packed: Packed } | { type: "ask"; ask: number; name: string; args: unknown[] };

/** What the thread that owns the books answers. */
export type LedgerAnswers = {
	stock(): StockLevel[];
	level(sku: string): StockLevel | undefined;
	catalogue(since: number): { version: number; products: Product[] };
	product(sku: string): Product | undefined;
	turnover(day: string): Turnover;
	drawers(): Drawer[];
	entry(id: string): JournalEntry | undefined;
	/** A payment request and its last outcome, where there is one. */
	payment(id: string): { request: JournalEntry; outcome?: JournalEntry } | undefined;
	/** Of every terminal that something is known of, by its name. */
	terminals(): Map<string, TerminalPayments>;
	recentSales(register: string | undefined, limit: number): JournalEntry[];
	replay(number: number, repaired: Uint8Array | undefined): { outcome: Outcome; kind: EntryKind } | undefined;
	/** Moves a few old rows into the archives, and returns how many. */
	archive(through: number, before: string): number;
	state(): { number: number; text: string };
	close(): void;
};

/** What the reading thread answers, from a connection of its own: long reads never hold up a sale. */
export type ReaderAnswers = {
	entries(after: number, limit: number): JournalEntry[];
	lines(after: number, maxRows: number, maxBytes: number): Lines;
	quarantine(limit: number): QuarantineItem[];
	audit(limit: number): JournalEntry[];
	/** Folds the whole journal anew, as far as it is. */
	fold(): void;
	/** Folds on to `number` and compares. */
	compare(number: number, text: string): boolean;
	close(): void;
};
