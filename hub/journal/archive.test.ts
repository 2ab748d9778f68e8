import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { saleFrom, submitPayment, submitSale, temporaryDir } from "../books/fixture.ts";
import { Ledger } from "../books/ledger.ts";
import { type ClockSetting, openClock } from "../clock.ts";
import { stateText } from "../shop/state.ts";
import { archivesIn } from "./archive.ts";
import { entriesAfter } from "./entries.ts";
import { exportJournal } from "./export.ts";
import { JournalError } from "./journal-error.ts";
import { openReadOnly } from "./store.ts";
import { verifyJournal } from "./verify.ts";

const DAY_MS = 86_400_000;
const SALES_A_DAY = 20;

/** A shop that sold on ten days around the turn of a year; all of it is in the snapshot. */
function soldOverNewYear(dir: string) {
	const now: ClockSetting = { fixedMs: Date.parse("2025-12-27T12:00:00+01:00"), quality: "synchronised" };
	const clock = openClock(now);
	const sales = [];
	let ledger = new Ledger(dir, clock);
	for (let day = 0; day < 10; day++) {
		const sold = Array.from({ length: SALES_A_DAY }, () => saleFrom("kassa-1"));
		ledger.book(sold.map(submitSale));
		sales.push(...sold);
		now.fixedMs = (now.fixedMs ?? 0) + DAY_MS;
	}
	ledger.close();
	ledger = new Ledger(dir, clock);
	return { ledger, sales, clock, file: join(dir, "journal.db"), count: sales.length };
}

const archiveAll = (ledger: Ledger, through: number, before: string): number => {
	let moved = 0;
	for (let some = ledger.archive(through, before); some > 0; some = ledger.archive(through, before)) moved += some;
	return moved;
};

test("old rows go to a file a year; the journal is exported, verified and folded as before", () => {
	using dir = temporaryDir();
	const { ledger, count, file, clock } = soldOverNewYear(dir.path);
	const before = [...exportJournal(file)].join("");
	expect(archiveAll(ledger, count, "2026-01-03T00:00:00+01:00")).toBe(7 * SALES_A_DAY);
	expect(archivesIn(dir.path)).toEqual(["journal-2025.db", "journal-2026.db"]);
	expect([...exportJournal(file)].join("")).toBe(before);
	expect([...exportJournal(file, 30)].join("").split("\n")).toHaveLength(count - 30 + 1);
	expect(verifyJournal(file)).toMatchObject({ entries: count, sealedTo: count, faults: [] });
	ledger.book([submitSale(saleFrom("kassa-1"))]);
	const state = stateText(ledger.state);
	ledger.close();
	expect(verifyJournal(file)).toMatchObject({ entries: count + 1, faults: [] });
	// Without its snapshot the shop is folded from the archives on.
	const database = new DatabaseSync(file);
	expect(database.prepare("SELECT min(number) AS first FROM journal").get()?.first).toBe(7 * SALES_A_DAY + 1);
	database.exec("DELETE FROM snapshot");
	database.close();
	const again = new Ledger(dir.path, clock);
	expect(stateText(again.state)).toBe(state);
	again.close();
});

test("what is not acknowledged, not old enough or not in the snapshot stays", () => {
	using dir = temporaryDir();
	const { ledger, count } = soldOverNewYear(dir.path);
	expect(archiveAll(ledger, 30, "2030-01-01T00:00:00Z")).toBe(30);
	expect(archiveAll(ledger, count, "2025-12-28T00:00:00+01:00")).toBe(0);
	ledger.book([submitSale(saleFrom("kassa-1"))]);
	// The last row in the snapshot must be found beside it.
	expect(archiveAll(ledger, count + 1, "2030-01-01T00:00:00Z")).toBe(count - 30 - 1);
	expect(archiveAll(ledger, 0, "2030-01-01T00:00:00Z")).toBe(0);
	ledger.close();
});

test("an id in the archive is booked before: a redelivery is answered with its first number, other content is kept", () => {
	using dir = temporaryDir();
	const { ledger, count, sales, clock } = soldOverNewYear(dir.path);
	archiveAll(ledger, count, "2026-01-03T00:00:00+01:00");
	const redelivered = (shop: Ledger) => {
		const [first, other] = [sales[3], sales[4]] as [(typeof sales)[0], (typeof sales)[0]];
		const { outcomes } = shop.book([
			submitSale(first),
			submitSale({ ...other, employee: "anders" }),
			submitSale(first),
		]);
		expect(outcomes).toMatchObject([4, 5, 4].map((number) => ({ booking: { number, duplicate: true } })));
		expect(shop.head.number).toBe(count);
		expect(shop.entry(first.id)?.number).toBe(4);
		expect(shop.entriesAt([4])[0]?.id).toBe(first.id);
	};
	redelivered(ledger);
	ledger.close();
	const again = new Ledger(dir.path, clock);
	redelivered(again);
	again.close();
});

test("a power cut between copy and delete leaves every row there once, and the next time goes on", () => {
	using dir = temporaryDir();
	const { ledger, count, file, clock } = soldOverNewYear(dir.path);
	ledger.close();
	using other = temporaryDir();
	cpSync(dir.path, other.path, { recursive: true });
	const moving = new Ledger(other.path, clock);
	archiveAll(moving, count, "2025-12-29T00:00:00+01:00");
	moving.close();
	// The archive has them, the journal has them still.
	cpSync(join(other.path, "journal-2025.db"), join(dir.path, "journal-2025.db"));
	expect(verifyJournal(file)).toMatchObject({ entries: count, faults: [] });
	const again = new Ledger(dir.path, clock);
	expect(archiveAll(again, count, "2026-01-03T00:00:00+01:00")).toBe(7 * SALES_A_DAY);
	again.close();
	expect(verifyJournal(file)).toMatchObject({ entries: count, faults: [] });
});

test("an archive that somebody reads is left for later, and nothing is lost", () => {
	using dir = temporaryDir();
	const { ledger, count, file } = soldOverNewYear(dir.path);
	expect(ledger.archive(20, "2030-01-01T00:00:00Z")).toBe(20);
	const { database } = openReadOnly(file);
	database.exec("BEGIN");
	expect([...entriesAfter(database, 0)]).toHaveLength(count);
	expect(() => ledger.archive(40, "2030-01-01T00:00:00Z")).toThrow(JournalError);
	database.close();
	expect(ledger.archive(40, "2030-01-01T00:00:00Z")).toBe(20);
	ledger.close();
	expect(verifyJournal(file)).toMatchObject({ entries: count, faults: [] });
});

test("a row changed or missing in an archive is found, and an archive that is gone", () => {
	using dir = temporaryDir();
	const { ledger, count, file } = soldOverNewYear(dir.path);
	archiveAll(ledger, count, "2026-01-03T00:00:00+01:00");
	ledger.close();
	const harm = (name: string, sql: string) => {
		const database = new DatabaseSync(join(dir.path, name));
		database.exec(sql);
		database.close();
		return verifyJournal(file).faults.map(
			({ number, through, fault }) => `${number}${through ? `-${through}` : ""} ${fault}`,
		);
	};
	expect(harm("journal-2025.db", "UPDATE journal SET payload = '{}' WHERE number = 7")).toEqual(["7 changed"]);
	expect(harm("journal-2026.db", "DELETE FROM journal WHERE number = 110")).toEqual(["7 changed", "110 missing"]);
	rmSync(join(dir.path, "journal-2025.db"));
	expect(verifyJournal(file).faults[0]).toMatchObject({ number: 1, through: 100, fault: "missing" });
});

test("a payment whose outcome and request are archived is still known", () => {
	using dir = temporaryDir();
	const { ledger, count } = soldOverNewYear(dir.path);
	const at = "2026-11-23T10:15:00.000+01:00";
	const id = "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10";
	ledger.book([submitPayment({ id, register: "kassa-1", at, terminal: "pin-1", type: "pay", amount: 100 })]);
	ledger.close();
	const again = new Ledger(dir.path, openClock());
	again.book([submitSale(saleFrom("kassa-1"))]);
	again.close();
	const last = new Ledger(dir.path, openClock());
	archiveAll(last, count + 2, "2030-01-01T00:00:00Z");
	expect(last.entry(id)?.kind).toBe("payment");
	last.close();
});
