import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDir } from "../books/fixture.ts";
import { entriesAfter } from "./entries.ts";
import { JournalError } from "./journal-error.ts";
import { Quarantine } from "./quarantine.ts";
import { Sealer } from "./seals.ts";
import { openStore } from "./store.ts";
import { verifyJournal } from "./verify.ts";
import { type Draft, JournalWriter } from "./writer.ts";

const now = { at: "2026-11-23T10:15:00.000+01:00", quality: "synchronised" } as const;

function openWriter(dir: string) {
	const file = join(dir, "journal.db");
	const store = openStore(file);
	const writer = new JournalWriter(store, new Sealer(store.database, store.box, join(dir, "journal.key")));
	let last = 0;
	const draft = (payload = "{}"): Draft => ({
		id: `00000000-0000-7000-8000-${String(++last).padStart(12, "0")}`,
		kind: "sale",
		source: "register:kassa-1",
		payload,
	});
	return { ...store, file, writer, draft };
}

const thrownBy = (work: () => unknown): unknown => {
	try {
		return work();
	} catch (error) {
		return error;
	}
};

test("a journal is WAL with synchronous=FULL, and no checkpoint runs inside a commit", () => {
	using dir = temporaryDir();
	const { database } = openWriter(dir.path);
	const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
	expect(pragma("journal_mode")).toBe("wal");
	expect(pragma("synchronous")).toBe(2);
	expect(pragma("wal_autocheckpoint")).toBe(0);
	database.close();
});

test("a full disk books nothing of a group; with room again, numbers and chain go on as if it had never come", () => {
	using dir = temporaryDir();
	const { database, file, writer, draft } = openWriter(dir.path);
	const quarantine = new Quarantine(database);
	writer.writeGroup(now, (group) => group.append(draft()));
	const head = writer.head;
	const pages = database.prepare("PRAGMA page_count").get()?.page_count as number;
	database.exec(`PRAGMA max_page_count = ${pages}`);
	const error = thrownBy(() =>
		writer.writeGroup(now, (group) => {
			group.append(draft());
			const refused = { id: null, kind: "sale", source: "", register: null, topic: "", reasons: [] } as const;
			quarantine.keep({ ...refused, reasons: [], payload: Buffer.from("x") }, now.at);
			group.append(draft(JSON.stringify("x".repeat(100_000))));
		}),
	);
	expect(error).toBeInstanceOf(JournalError);
	expect(error).toMatchObject({ code: "JOURNAL_DISK_FULL" });
	expect(writer.head).toEqual(head);
	expect(quarantine.list(10)).toEqual([]);
	database.exec("PRAGMA max_page_count = 100000");
	writer.writeGroup(now, (group) => group.append(draft(JSON.stringify("y".repeat(100_000)))));
	expect(writer.head.number).toBe(2);
	expect([...entriesAfter(database, 0)].map((entry) => entry.number)).toEqual([1, 2]);
	writer.seal(now.at);
	expect(verifyJournal(file)).toMatchObject({ entries: 2, sealedTo: 2, faults: [] });
	database.close();
});

test("a journal that cannot be written for another reason says so", () => {
	using dir = temporaryDir();
	const { database, writer, draft } = openWriter(dir.path);
	database.exec("PRAGMA query_only = ON");
	expect(thrownBy(() => writer.writeGroup(now, (group) => group.append(draft())))).toMatchObject({
		code: "JOURNAL_UNWRITABLE",
	});
	expect(writer.head.number).toBe(0);
	database.close();
});

test("our own mistakes are not taken for a broken disk, and leave nothing behind", () => {
	using dir = temporaryDir();
	const { database, writer, draft } = openWriter(dir.path);
	const mistake = new TypeError("a bug");
	const thrown = thrownBy(() =>
		writer.writeGroup(now, (group) => {
			group.append(draft());
			throw mistake;
		}),
	);
	expect(thrown).toBe(mistake);
	expect(writer.head.number).toBe(0);
	expect([...entriesAfter(database, 0)]).toEqual([]);
	database.close();
});

test("the first group is sealed with itself, those right after it at the next quiet moment", () => {
	using dir = temporaryDir();
	const { database, writer, draft } = openWriter(dir.path);
	writer.writeGroup(now, (group) => group.append(draft()));
	expect(writer.isSealed).toBe(true);
	writer.writeGroup(now, (group) => group.append(draft()));
	expect(writer.isSealed).toBe(false);
	writer.seal(now.at);
	expect(writer.isSealed).toBe(true);
	const seals = database.prepare("SELECT number FROM seals ORDER BY number").all();
	expect(seals.map((seal) => seal.number)).toEqual([1, 2]);
	database.close();
});
