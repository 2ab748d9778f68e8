import { chmodSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Old rows leave `journal.db` for a file a year beside it, as they are. On every connection of ours the view `entries` is
 * the whole journal: the archives up to where `journal.db` begins, and then that. So a row that a power cut left in both
 * is there once.
 */
const NAME = /^journal-(\d{4})\.db$/;
/** SQLite attaches ten; one is left for whoever opens the journal. */
const ARCHIVES_MAX = 9;

const TABLE = `journal (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	at TEXT NOT NULL,
	clock TEXT NOT NULL,
	payload TEXT NOT NULL,
	previous_hash BLOB NOT NULL,
	hash BLOB NOT NULL
) STRICT`;

const attached = new WeakMap<DatabaseSync, Set<string>>();

/** The names of the archives in a folder, the oldest first. */
export const archivesIn = (folder: string): string[] =>
	readdirSync(folder)
		.filter((name) => NAME.test(name))
		.sort();

/** The table or view that holds every entry: a connection that somebody else opened sees `journal.db` alone. */
export const wholeJournal = (database: DatabaseSync): string => (attached.has(database) ? "entries" : "journal");

/** Whether some entries are in archives, so that an id must be looked for there too. */
export const hasArchives = (database: DatabaseSync): boolean => (attached.get(database)?.size ?? 0) > 0;

/** Attaches the archives beside a journal that are not attached yet. Statements on `entries` then see them too. */
export function attachArchives(database: DatabaseSync, journalFile: string): void {
	const folder = dirname(journalFile);
	const known = attached.get(database);
	const names = archivesIn(folder);
	if (known && names.every((name) => known.has(name))) return;
	for (const name of names) {
		if (known?.has(name)) continue;
		database.prepare(`ATTACH ? AS ${schemaOf(name)}`).run(join(folder, name));
		database.exec(`PRAGMA ${schemaOf(name)}.synchronous = FULL`);
	}
	showWhole(database, names);
}

function showWhole(database: DatabaseSync, names: readonly string[]): void {
	const old = names.map(
		(name) => `SELECT * FROM ${schemaOf(name)}.journal WHERE number < (SELECT min(number) FROM main.journal)`,
	);
	const archived = names.map((name) => `SELECT id FROM ${schemaOf(name)}.journal`).join(" UNION ALL ");
	database.exec(`
		DROP VIEW IF EXISTS temp.entries;
		DROP VIEW IF EXISTS temp.archived_ids;
		CREATE TEMP VIEW entries AS ${[...old, "SELECT * FROM main.journal"].join(" UNION ALL ")};
		CREATE TEMP VIEW archived_ids AS ${archived || "SELECT id FROM main.journal WHERE 0"};
	`);
	attached.set(database, new Set(names));
}

const schemaOf = (name: string): string => `y${NAME.exec(name)?.[1]}`;

/**
 * Moves the oldest rows, up to number `through` and written before `before`, into their year's archive: at most `limit`
 * of them, so that no sale waits long. The copy is synced before the rows are deleted. Returns how many were moved.
 */
export function archiveRows(
	database: DatabaseSync,
	journalFile: string,
	{ through, before, limit }: { through: number; before: string; limit: number },
): number {
	const rows = database
		.prepare("SELECT number, at FROM main.journal WHERE number <= ? ORDER BY number LIMIT ?")
		.all(through, limit) as { number: number; at: string }[];
	const year = rows[0]?.at.slice(0, 4);
	const beforeMs = Date.parse(before);
	const end = rows.findIndex(({ at }) => Date.parse(at) >= beforeMs || at.slice(0, 4) !== year);
	const moving = end < 0 ? rows : rows.slice(0, end);
	const [first, last] = [moving[0]?.number, moving.at(-1)?.number];
	if (year === undefined || first === undefined || last === undefined) return 0;
	const schema = schemaOf(archiveFor(database, journalFile, year));
	// Who reads an archive at length locks it: then it is for another time, and no sale waits for it.
	const timeout = database.prepare("PRAGMA busy_timeout").get()?.timeout as number;
	database.exec("PRAGMA busy_timeout = 0");
	try {
		database
			.prepare(`INSERT OR IGNORE INTO ${schema}.journal SELECT * FROM main.journal WHERE number BETWEEN ? AND ?`)
			.run(first, last);
		database.prepare("DELETE FROM main.journal WHERE number BETWEEN ? AND ?").run(first, last);
	} finally {
		database.exec(`PRAGMA busy_timeout = ${timeout}`);
	}
	return moving.length;
}

/** The archive of a year, made where there is none; a clock that ran wild gets no file for every year it named. */
function archiveFor(database: DatabaseSync, journalFile: string, year: string): string {
	const folder = dirname(journalFile);
	const names = archivesIn(folder);
	const wanted = `journal-${year}.db`;
	const name = names.includes(wanted) || names.length < ARCHIVES_MAX ? wanted : (names.at(-1) as string);
	if (!names.includes(name)) {
		makeArchive(join(folder, name));
		attachArchives(database, journalFile);
	}
	return name;
}

/** Made beside and renamed: who reads the journal meanwhile never meets an archive without its table. */
function makeArchive(file: string): void {
	const draft = `${file}.new`;
	rmSync(draft, { force: true });
	const database = new DatabaseSync(draft);
	// One plain file, so that it can be copied and kept on a shelf.
	database.exec(`PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; CREATE TABLE ${TABLE}`);
	database.exec("CREATE INDEX journal_audit ON journal (number) WHERE kind = 'audit'");
	database.close();
	chmodSync(draft, 0o600);
	renameSync(draft, file);
}
