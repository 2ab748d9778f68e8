import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GENESIS_HASH, hashEntry } from "@kassahub/contracts/journal-entry.ts";
import { expect, test } from "vitest";
import { saleFrom, submitSale, temporaryDir } from "../books/fixture.ts";
import { Ledger } from "../books/ledger.ts";
import { openClock } from "../clock.ts";
import { entriesAfter, type StoredEntry } from "./entries.ts";
import { exportJournal } from "./export.ts";
import { verifyJournal } from "./verify.ts";

const SALES = 12;

/** A journal of a dozen sales, two seals in it, closed in good order; then `harm` gets at the file. */
function verifyAfter(harm: (database: DatabaseSync, box: string) => void) {
	using dir = temporaryDir();
	const file = join(dir.path, "journal.db");
	const ledger = new Ledger(dir.path, openClock({ quality: "synchronised" }));
	for (let sale = 1; sale <= SALES; sale++) ledger.book([submitSale(saleFrom("kassa-1"))]);
	const { box } = ledger;
	ledger.close();
	const database = new DatabaseSync(file);
	harm(database, box);
	database.close();
	const { faults, ...rest } = verifyJournal(file);
	return {
		...rest,
		faults: faults.map(({ number, through, fault }) => `${number}${through ? `-${through}` : ""} ${fault}`),
	};
}

const rowOf = (database: DatabaseSync, number: number): StoredEntry =>
	entriesAfter(database, number - 1).next().value as StoredEntry;

/** Writes a row that is right in itself, as whoever knows how the chain is made can. */
function forge(database: DatabaseSync, box: string, entry: Omit<StoredEntry, "hash">): string {
	const hash = hashEntry(box, entry, entry.payload, entry.previousHash);
	database
		.prepare("INSERT OR REPLACE INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, unhex(?), unhex(?))")
		.run(
			entry.number,
			entry.id,
			entry.kind,
			entry.source,
			entry.at,
			entry.clock,
			entry.payload,
			entry.previousHash,
			hash,
		);
	return hash;
}

test("a journal as the hub wrote it has no faults and is sealed to its end", () => {
	expect(verifyAfter(() => {})).toMatchObject({ entries: SALES, sealedTo: SALES, faults: [] });
});

test("a changed row is found, in whichever column, and only that row is blamed", () => {
	const changes = [
		"UPDATE journal SET payload = replace(payload, '374', '375') WHERE number = 5",
		"UPDATE journal SET at = '2020-01-01T00:00:00.000+01:00' WHERE number = 5",
		"UPDATE journal SET source = 'register:kassa-9' WHERE number = 5",
		"UPDATE journal SET kind = 'cash' WHERE number = 5",
		"UPDATE journal SET clock = 'unsynchronised' WHERE number = 5",
		"UPDATE journal SET id = '00000000-0000-7000-8000-000000000000' WHERE number = 5",
		"UPDATE journal SET hash = randomblob(32) WHERE number = 5",
		"UPDATE journal SET previous_hash = randomblob(32) WHERE number = 5",
	];
	for (const change of changes)
		expect(verifyAfter((database) => database.exec(change)).faults, change).toEqual(["5 changed"]);
});

test("every bad row is named, not only the first", () => {
	const harm = "UPDATE journal SET payload = '{}' WHERE number IN (2, 3, 9); DELETE FROM journal WHERE number = 6";
	expect(verifyAfter((database) => database.exec(harm)).faults).toEqual([
		"2 changed",
		"3 changed",
		"6 missing",
		"9 changed",
	]);
});

test("a row rewritten with a hash that fits is found by the row after it", () => {
	const { faults } = verifyAfter((database, box) => {
		const row = rowOf(database, 5);
		forge(database, box, { ...row, payload: row.payload.replace("374", "373") });
	});
	expect(faults).toEqual(["5 changed"]);
});

test("missing rows are found at the start, in the middle and at the end", () => {
	const without = (where: string) =>
		verifyAfter((database) => database.exec(`DELETE FROM journal WHERE ${where}`)).faults;
	expect(without("number = 1")).toEqual(["1 missing"]);
	expect(without("number IN (4, 5, 6)")).toEqual(["4-6 missing"]);
	expect(without("number > 10")).toEqual(["11-12 missing"]);
	expect(without("number > 0")).toEqual(["1-12 missing"]);
});

test("a row put in between is found, and those it moved are not blamed", () => {
	const { faults } = verifyAfter((database, box) => {
		const row = rowOf(database, 4);
		database.exec(
			"UPDATE journal SET number = number + 1000 WHERE number > 4; UPDATE journal SET number = number - 999 WHERE number > 1000",
		);
		forge(database, box, { ...row, number: 5, id: "00000000-0000-7000-8000-000000000000", previousHash: row.hash });
	});
	expect(faults).toEqual(["5 inserted"]);
});

test("rows added behind the hub's back are found, even with a chain that fits", () => {
	const { faults } = verifyAfter((database, box) => {
		const row = rowOf(database, SALES);
		const number = SALES + 1;
		forge(database, box, { ...row, number, id: "00000000-0000-7000-8000-000000000000", previousHash: row.hash });
	});
	expect(faults).toEqual(["13 inserted"]);
});

test("a whole chain computed anew does not get past the seals", () => {
	const { faults, sealedTo } = verifyAfter((database, box) => {
		let previousHash = GENESIS_HASH;
		for (const row of [...entriesAfter(database, 0)]) {
			previousHash = forge(database, box, { ...row, payload: row.payload.replace("Elstar", "Jonagold"), previousHash });
		}
	});
	expect(faults).toEqual(["1 seal-wrong", "12 seal-wrong"]);
	expect(sealedTo).toBe(0);
});

test("a forged seal is found", () => {
	const { faults } = verifyAfter((database) => {
		database.prepare("UPDATE seals SET signature = ? WHERE number = 12").run(randomBytes(64));
	});
	expect(faults).toEqual(["12 seal-wrong"]);
});

test("verify and export work beside a running hub, whose key nobody else can read", () => {
	using dir = temporaryDir();
	const file = join(dir.path, "journal.db");
	const ledger = new Ledger(dir.path, openClock());
	ledger.book([submitSale(saleFrom("kassa-1")), submitSale(saleFrom("kassa-2"))]);
	expect(verifyJournal(file)).toMatchObject({ entries: 2, sealedTo: 2, faults: [] });
	const lines = [...exportJournal(file)].join("").trimEnd().split("\n");
	expect(lines.map((line) => JSON.parse(line))).toEqual(ledger.entriesAt([1, 2]));
	expect([...exportJournal(file, 1)].join("").trimEnd()).toBe(lines[1]);
	expect(statSync(join(dir.path, "journal.key")).mode & 0o777).toBe(0o600);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	ledger.close();
	expect(() => verifyJournal(join(dir.path, "none.db"))).toThrow("there is no journal at");
});
