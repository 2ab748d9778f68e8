import { epochAfter } from "@kassahub/contracts/epoch.ts";
import { GENESIS_HASH, hashEntry } from "@kassahub/contracts/journal-entry.ts";
import { entriesAfter, type StoredEntry } from "./entries.ts";
import { type Seal, SealReader } from "./seals.ts";
import { openReadOnly, readMeta, type Store } from "./store.ts";

export type RowFault = {
	number: number;
	/** Where several rows in a row are missing: the last of them. */
	through?: number;
	fault: "changed" | "missing" | "inserted" | "seal-wrong";
	detail: string;
};

export type Verification = {
	box: string;
	entries: number;
	/** The last number that a genuine seal covers. Rows after it were booked in the last second before a power cut. */
	sealedTo: number;
	/** Every bad row, by number; empty where the books are as the hub wrote them. */
	faults: RowFault[];
};

/** Meta key: the head at an orderly close, all of it sealed. Absent while a hub runs, and after a power cut. */
export const CLOSED_AT = "closed_at_number";

/**
 * Checks numbers, hash chain and seals of a whole journal, beside a running hub or without one.
 * Each row's hash must follow from its content and its place; each link must be the hash of the row before;
 * each seal must be signed over the hash at its number.
 */
export function verifyJournal(file: string): Verification {
	const store = openReadOnly(file);
	try {
		// One read transaction: rows and seals of the same moment.
		store.database.exec("BEGIN");
		return new Verifier(store).run();
	} finally {
		store.database.close();
	}
}

class Verifier {
	readonly #store: Store;
	readonly #faults: RowFault[] = [];
	readonly #seals: SealReader;
	readonly #sealRows: Iterator<Seal>;
	#seal: Seal | undefined;
	#sealedTo = 0;

	constructor(store: Store) {
		this.#store = store;
		this.#seals = new SealReader(store.database, store.box);
		this.#sealRows = store.database
			.prepare("SELECT * FROM seals ORDER BY number")
			.iterate() as unknown as Iterator<Seal>;
		this.#nextSeal();
	}

	run(): Verification {
		const rows = entriesAfter(this.#store.database, 0);
		let previousHash = GENESIS_HASH;
		let expected = 1;
		let shift = 0;
		let entries = 0;
		let current = rows.next().value;
		while (current !== undefined) {
			const next = rows.next().value;
			entries++;
			if (current.number > expected) previousHash = this.#crossGap(current, expected, previousHash, shift);
			if (this.#isInserted(current, next, previousHash, shift)) {
				this.#fault(
					current.number,
					"inserted",
					"does not belong to the chain; the row after it follows the one before",
				);
				shift++;
			} else {
				this.#checkRow(current, next, previousHash, shift);
				this.#checkSeals(current.number - shift, current.hash);
				previousHash = this.#linkAfter(current, next, shift);
			}
			expected = current.number + 1;
			current = next;
		}
		this.#checkTail(expected - 1 - shift);
		this.#faults.sort((a, b) => a.number - b.number);
		return { box: this.#store.box, entries, sealedTo: this.#sealedTo, faults: this.#faults };
	}

	/** The numbers before a row are not there: a new epoch skips them, or their rows are gone. Returns the link to check. */
	#crossGap(row: StoredEntry, expected: number, previousHash: string, shift: number): string {
		const lastSealed = this.#lastSealBefore(row.number - shift);
		if (epochOf(row) !== expected - 1 - shift) {
			this.#missing(expected, row.number - 1);
			// What came before the gap is gone, so the first row after it vouches for its own link.
			return row.previousHash;
		}
		if (lastSealed !== undefined) this.#missing(expected, lastSealed);
		// Whoever restores a journal signs the epoch it opens, in the same commit.
		if (this.#seal?.number !== row.number - shift) {
			this.#fault(row.number, "inserted", "opens an epoch that the hub did not sign");
		}
		return previousHash;
	}

	/** A row put in between renumbers those after it: they still fit under their old numbers. */
	#isInserted(row: StoredEntry, next: StoredEntry | undefined, previousHash: string, shift: number): boolean {
		if (next === undefined || next.previousHash !== previousHash || next.number !== row.number + 1) return false;
		return this.#fits(next, shift + 1);
	}

	#checkRow(row: StoredEntry, next: StoredEntry | undefined, previousHash: string, shift: number): void {
		if (row.previousHash !== previousHash) {
			this.#fault(row.number, "changed", "its link is not the hash of the row before");
		} else if (!this.#fits(row, shift)) {
			this.#fault(row.number, "changed", "its hash does not follow from its content");
		} else if (next !== undefined && isNext(row, next, shift) && next.previousHash !== row.hash) {
			// The next row is whole in itself and was chained to something else: this one was rewritten, hash and all.
			if (this.#fits(next, shift)) this.#fault(row.number, "changed", "the row after it was chained to another hash");
		}
	}

	/** What the next row must link to: where this row is bad, a next row that is whole still knows the hash it had. */
	#linkAfter(row: StoredEntry, next: StoredEntry | undefined, shift: number): string {
		if (next === undefined || next.previousHash === row.hash) return row.hash;
		return isNext(row, next, shift) && this.#fits(next, shift) ? next.previousHash : row.hash;
	}

	#fits(row: StoredEntry, shift: number): boolean {
		const header = { ...row, number: row.number - shift };
		return hashEntry(this.#store.box, header, row.payload, row.previousHash) === row.hash;
	}

	#checkSeals(number: number, hash: string): void {
		for (; this.#seal !== undefined && this.#seal.number <= number; this.#nextSeal()) {
			// A seal of a number that is gone says nothing more than the gap does.
			if (this.#seal.number < number) continue;
			if (this.#seals.isGenuine(this.#seal, hash)) this.#sealedTo = number;
			else this.#fault(number, "seal-wrong", "the hub did not sign this hash");
		}
	}

	/** The last seal of a row before `number` that was not met on the way. */
	#lastSealBefore(number: number): number | undefined {
		let last: number | undefined;
		for (; this.#seal !== undefined && this.#seal.number < number; this.#nextSeal()) last = this.#seal.number;
		return last;
	}

	/** Rows cut off the end, or put there behind the hub's back. */
	#checkTail(head: number): void {
		let sealedNumber = head;
		for (; this.#seal !== undefined; this.#nextSeal()) sealedNumber = Math.max(sealedNumber, this.#seal.number);
		if (sealedNumber > head) this.#missing(head + 1, sealedNumber);
		const closedAt = readMeta(this.#store.database, CLOSED_AT);
		if (closedAt === undefined) return;
		for (const { number } of entriesAfter(this.#store.database, Number(closedAt))) {
			if (number > head) break;
			const already = this.#faults.findIndex((fault) => fault.number === number && fault.fault === "changed");
			if (already >= 0) this.#faults.splice(already, 1);
			this.#fault(number, "inserted", `added after the hub closed its books at ${closedAt}`);
		}
	}

	#missing(first: number, last: number): void {
		const detail = first === last ? "there is no such row" : `there are no rows ${first} to ${last}`;
		this.#faults.push({ number: first, ...(last > first ? { through: last } : {}), fault: "missing", detail });
	}

	#fault(number: number, fault: RowFault["fault"], detail: string): void {
		this.#faults.push({ number, fault, detail });
	}

	#nextSeal(): void {
		const { value, done } = this.#sealRows.next();
		this.#seal = done ? undefined : value;
	}
}

/** The number after which a row says that it opens a new epoch. A row that cannot be read says nothing. */
function epochOf({ kind, payload }: StoredEntry): number | undefined {
	if (kind !== "audit") return undefined;
	try {
		return epochAfter(kind, JSON.parse(payload));
	} catch {
		return undefined;
	}
}

/** Whether `next` has the number that follows, or skips numbers as a new epoch does. */
const isNext = (row: StoredEntry, next: StoredEntry, shift: number): boolean =>
	next.number === row.number + 1 || epochOf(next) === row.number - shift;
