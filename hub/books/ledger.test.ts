import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { EntryKind } from "@kassahub/contracts/journal-entry.ts";
import { type PaymentRequest, paymentRequest } from "@kassahub/contracts/payment-request.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openClock } from "../clock.ts";
import { entriesAfter, journalEntry } from "../journal/entries.ts";
import { outcomeId } from "../journal/outcome-id.ts";
import { verifyJournal } from "../journal/verify.ts";
import { applyEntry, emptyState, noChanges, type ShopState, stateText } from "../shop/state.ts";
import {
	outcomeOf,
	saleFrom,
	submitCash,
	submitOutcome,
	submitPayment,
	submitProduct,
	submitSale,
	submitStock,
	temporaryDir,
} from "./fixture.ts";
import { Ledger } from "./ledger.ts";
import type { Submission } from "./submission.ts";

const clock = openClock({ quality: "synchronised" });

/** The state folded from the first row on, by whoever reads the file. */
function foldAnew(file: string): ShopState {
	const database = new DatabaseSync(file, { readOnly: true });
	const state = emptyState();
	for (const entry of entriesAfter(database, 0)) applyEntry(state, journalEntry(entry), noChanges());
	database.close();
	return state;
}

const register = fc.constantFrom("kassa-1", "kassa-2");
const cents = fc.integer({ min: 0, max: 100_000 });
const paymentIds = ["019309a0-5a3f-7c11-b6d2-3f6a0c4e9a20", "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a21"] as const;
/** Few ids, so that requests, outcomes and settlements meet. */
const payment: fc.Arbitrary<PaymentRequest> = fc
	.tuple(fc.constantFrom(...paymentIds), fc.constantFrom("pay", "refund", "reverse", "end-of-day", "settle"), fc.nat(9))
	.map(([id, type, last]) => {
		const base = { ...paymentRequest.example, id: `${id.slice(0, -1)}${last}` };
		const { amount: _, ...rest } = base as typeof base & { amount: number };
		if (type === "pay" || type === "refund") return { ...rest, type, amount: 374 };
		if (type === "end-of-day") return { ...rest, type };
		if (type === "reverse") return { ...rest, type, payment: id };
		return { ...rest, type, payment: id, outcome: "approved", reason: "bon" };
	});
const submission: fc.Arbitrary<Submission> = fc.oneof(
	register.map((name) => submitSale(saleFrom(name))),
	fc.tuple(register, cents).map(([name, total]) => submitSale(saleFrom(name, { total }))),
	fc
		.tuple(fc.constantFrom("float", "pay-in", "pay-out", "count", "day-close"), cents)
		.map(([type, amount]) => submitCash({ type, amount })),
	fc
		.tuple(fc.constantFrom("receive", "count", "adjust", "transfer", "waste"), fc.integer({ min: -5000, max: 5000 }))
		.map(([type, quantity]) => submitStock({ type, quantity })),
	fc.record({ unitPrice: cents, sku: fc.constantFrom("4002", "4003") }).map(submitProduct),
	payment.map(submitPayment),
	fc
		.tuple(payment, fc.integer({ min: 1, max: 3 }), fc.constantFrom("approved", "declined", "unknown"), fc.boolean())
		.map(([asked, place, status, isPerson]) => {
			const amount = status === "approved" ? 374 : 0;
			const by = isPerson ? "person" : "terminal";
			return submitOutcome(outcomeOf(asked, { id: outcomeId(asked.id, place), status, amount, by }));
		}),
	fc
		.tuple(
			fc.constantFrom<EntryKind>("sale", "cash", "stock", "product", "payment", "outcome"),
			fc.uint8Array({ maxLength: 40 }),
		)
		.map(([kind, payload]) => ({ ...submitSale(saleFrom("kassa-1")), kind, payload })),
);
/** Groups of submissions; an index also sends an earlier submission again. */
const groups = fc.array(fc.array(fc.tuple(submission, fc.option(fc.nat())), { minLength: 1, maxLength: 6 }), {
	maxLength: 8,
});

test("any sequence of submissions leaves a whole chain, each id once, and a state that folds anew the same", () => {
	fc.assert(
		fc.property(groups, (sequence) => {
			using dir = temporaryDir();
			const ledger = new Ledger(dir.path, clock);
			const sent: Submission[] = [];
			const fresh = new Map<string, number>();
			for (const group of sequence) {
				const submissions = group.flatMap(([first, again]) => {
					sent.push(first);
					return again === null ? [first] : [first, sent[again % sent.length] as Submission];
				});
				const { outcomes } = ledger.book(submissions);
				expect(outcomes).toHaveLength(submissions.length);
				for (const outcome of outcomes) {
					const booked =
						outcome.status === "fresh" ? outcome : outcome.status === "booked" ? outcome.booking : undefined;
					if (booked === undefined) continue;
					expect(fresh.get(booked.id) ?? booked.number).toBe(booked.number);
					fresh.set(booked.id, booked.number);
				}
			}
			expect([...fresh.values()].sort((a, b) => a - b)).toEqual(Array.from(fresh, (_, index) => index + 1));
			expect(ledger.head.number).toBe(fresh.size);
			const live = stateText(ledger.state);
			const file = join(dir.path, "journal.db");
			expect(stateText(foldAnew(file))).toBe(live);
			ledger.close();
			expect(verifyJournal(file)).toMatchObject({ entries: fresh.size, sealedTo: fresh.size, faults: [] });
			const reopened = new Ledger(dir.path, clock);
			expect(stateText(reopened.state)).toBe(live);
			reopened.close();
		}),
		{ numRuns: 40 },
	);
});

const bookSome = (ledger: Ledger): void => {
	ledger.book([submitProduct(), submitSale(saleFrom("kassa-1")), submitCash({ type: "float", amount: 5000 })]);
};

test("a snapshot and the entries after it make the same state as all entries", () => {
	using dir = temporaryDir();
	const first = new Ledger(dir.path, clock);
	bookSome(first);
	first.close();
	const second = new Ledger(dir.path, clock);
	bookSome(second);
	const live = stateText(second.state);
	// No close: as after a power cut, the snapshot is older than the journal.
	const third = new Ledger(dir.path, clock);
	expect(stateText(third.state)).toBe(live);
	expect(stateText(foldAnew(join(dir.path, "journal.db")))).toBe(live);
});

test("a snapshot that is damaged, of older folds or of other books is not believed", () => {
	const harms = [
		"UPDATE snapshot SET state = replace(state, '-1250', '9')",
		"UPDATE snapshot SET version = version - 1, state = '{}'",
		"UPDATE snapshot SET hash = zeroblob(32), number = 1",
	];
	for (const harm of harms) {
		using dir = temporaryDir();
		const ledger = new Ledger(dir.path, clock);
		bookSome(ledger);
		const live = stateText(ledger.state);
		ledger.close();
		const database = new DatabaseSync(join(dir.path, "journal.db"));
		expect(database.prepare(harm).run().changes).toBe(1);
		database.close();
		const reopened = new Ledger(dir.path, clock);
		expect(stateText(reopened.state), harm).toBe(live);
		reopened.close();
	}
});

test("the journal of a newer hub is left alone, with a word why", () => {
	using dir = temporaryDir();
	new Ledger(dir.path, clock).close();
	const database = new DatabaseSync(join(dir.path, "journal.db"));
	database.exec("PRAGMA user_version = 99");
	database.close();
	expect(() => new Ledger(dir.path, clock)).toThrow("newer hub");
});

test("a lost key does not keep the shop from selling, and its old seals stay valid", () => {
	using dir = temporaryDir();
	const first = new Ledger(dir.path, clock);
	bookSome(first);
	first.close();
	rmSync(join(dir.path, "journal.key"));
	const second = new Ledger(dir.path, clock);
	bookSome(second);
	second.close();
	expect(verifyJournal(join(dir.path, "journal.db"))).toMatchObject({ sealedTo: second.head.number, faults: [] });
});
