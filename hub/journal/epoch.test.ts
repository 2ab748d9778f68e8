import { cpSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { saleFrom, submitSale, temporaryDir } from "../books/fixture.ts";
import { Ledger } from "../books/ledger.ts";
import { openClock } from "../clock.ts";
import { entriesAfter, selectAfter, storedEntry } from "./entries.ts";
import { openEpoch } from "./epoch.ts";
import { packLines } from "./export.ts";
import { verifyJournal } from "./verify.ts";

const SALES = 5;
const MOMENT = 1_795_000_000_000;
const clock = openClock({ fixedMs: MOMENT, quality: "synchronised" });

const sell = (dataDir: string, sales: ReturnType<typeof saleFrom>[]): Ledger => {
	const ledger = new Ledger(dataDir, clock);
	ledger.book(sales.map(submitSale));
	return ledger;
};
const salesOf = (count: number) => Array.from({ length: count }, () => saleFrom("kassa-1"));

/** Five sales, put back from a backup, and three more. */
function restored(dir: string): string {
	sell(dir, salesOf(SALES)).close();
	openEpoch(dir, clock, "test");
	sell(dir, salesOf(3)).close();
	return join(dir, "journal.db");
}

const faultsAfter = (harm: (database: DatabaseSync) => void): string[] => {
	using dir = temporaryDir();
	const file = restored(dir.path);
	const database = new DatabaseSync(file);
	harm(database);
	database.close();
	return verifyJournal(file).faults.map(
		({ number, through, fault }) => `${number}${through ? `-${through}` : ""} ${fault}`,
	);
};

test("a restored journal goes on far beyond its last number, in one chain that verifies", () => {
	using dir = temporaryDir();
	const file = restored(dir.path);
	expect(verifyJournal(file)).toMatchObject({ entries: SALES + 4, sealedTo: MOMENT + 3, faults: [] });
	const ledger = new Ledger(dir.path, clock);
	expect(ledger.head.number).toBe(MOMENT + 3);
	expect(ledger.epochs).toEqual([{ after: SALES, first: MOMENT }]);
	expect(ledger.state.days.get("2026-11-23")?.sales).toBe(SALES + 3);
	ledger.close();
});

test("one backup restored twice gives out no number twice, nor one that the lost box had", () => {
	using dir = temporaryDir();
	const [lost, first, second] = ["lost", "first", "second"].map((name) => join(dir.path, name)) as [
		string,
		string,
		string,
	];
	sell(lost, salesOf(SALES)).close();
	for (const copy of [first, second]) cpSync(lost, copy, { recursive: true });
	sell(lost, salesOf(4)).close();
	openEpoch(first, openClock({ fixedMs: MOMENT }), "test");
	sell(first, salesOf(4)).close();
	openEpoch(second, openClock({ fixedMs: MOMENT + 1000 }), "test");
	sell(second, salesOf(4)).close();
	const numbers = [lost, first, second].flatMap((folder) => {
		const database = new DatabaseSync(join(folder, "journal.db"), { readOnly: true });
		const found = [...entriesAfter(database, SALES)].map(({ number }) => number);
		database.close();
		return found;
	});
	expect(numbers).toHaveLength(4 + 5 + 5);
	expect(new Set(numbers).size).toBe(numbers.length);
});

test("a box whose clock stands in the past still goes on after its last number", () => {
	using dir = temporaryDir();
	sell(dir.path, salesOf(SALES)).close();
	expect(openEpoch(dir.path, openClock({ fixedMs: 3 }), "test").number).toBe(SALES + 1);
});

test("a sale redelivered after the restore that the backup has is a duplicate, one that it lacks is booked", () => {
	using dir = temporaryDir();
	const [known, lacking] = salesOf(2) as [ReturnType<typeof saleFrom>, ReturnType<typeof saleFrom>];
	sell(dir.path, [known]).close();
	openEpoch(dir.path, clock, "test");
	const ledger = new Ledger(dir.path, clock);
	const { outcomes } = ledger.book([known, lacking].map(submitSale));
	expect(outcomes).toMatchObject([
		{ status: "booked", booking: { duplicate: true, number: 1 } },
		{ status: "booked", booking: { duplicate: false, number: MOMENT + 1 } },
	]);
	ledger.close();
});

test("rows missing around an epoch are found, and an epoch that nobody signed", () => {
	expect(faultsAfter((database) => database.exec(`DELETE FROM journal WHERE number = ${SALES}`))).toEqual([
		`${SALES}-${MOMENT - 1} missing`,
	]);
	expect(faultsAfter((database) => database.exec(`DELETE FROM journal WHERE number = ${MOMENT}`))).toEqual([
		`${SALES + 1}-${MOMENT} missing`,
	]);
	expect(faultsAfter((database) => database.exec(`DELETE FROM seals WHERE number = ${MOMENT}`))).toEqual([
		`${MOMENT} inserted`,
	]);
	const change = `UPDATE journal SET payload = replace(payload, '"after":5', '"after":4') WHERE number = ${MOMENT}`;
	expect(faultsAfter((database) => database.exec(change))[0]).toBe(`${SALES + 1}-${MOMENT - 1} missing`);
	const seal = "INSERT INTO seals SELECT 9, at, key, signature FROM seals LIMIT 1";
	expect(faultsAfter((database) => database.exec(seal))).toEqual([`${SALES + 1}-9 missing`]);
});

test("lines for the relay never reach across the numbers an epoch skips", () => {
	using dir = temporaryDir();
	const database = new DatabaseSync(restored(dir.path), { readOnly: true });
	const pack = (after: number) => packLines(selectAfter(database).all(after, 100).map(storedEntry), after, 1e6);
	expect(pack(2)).toMatchObject({ first: 3, last: SALES, count: 3 });
	expect(pack(SALES)).toMatchObject({ first: MOMENT, last: MOMENT + 3, count: 4 });
	expect(pack(SALES + 50)).toMatchObject({ first: MOMENT });
	expect(pack(MOMENT + 3)).toMatchObject({ count: 0, last: MOMENT + 3 });
	database.close();
});
