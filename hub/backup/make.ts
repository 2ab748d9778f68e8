import { existsSync, statfsSync, statSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { archivesIn } from "../journal/archive.ts";
import { selectLast } from "../journal/entries.ts";
import { JOURNAL_FILE, openReadOnly } from "../journal/store.ts";
import { type Packed, writeArchive } from "./archive.ts";
import { boxFiles, configFiles, JOURNAL_NAME, MANIFEST_NAME, type Manifest } from "./contents.ts";
import { BackupFailed } from "./faults.ts";
import { type BackupPlan, type Made, type Progress, STAGING } from "./plan.ts";

/** While the journal is copied the shop must not run out of room for its sales. */
const RESERVE_BYTES = 64 * 1024 * 1024;
const PAGES_A_STEP = 500;

/**
 * Makes one encrypted file of all that makes the box, beside a running hub or without one. Throws BackupFailed; what is
 * at `to` then stays as it was.
 */
export async function makeBackup(
	plan: BackupPlan,
	tell: (progress: Progress) => void = () => undefined,
): Promise<Made> {
	const { dataDir, to } = plan;
	if (!existsSync(dirname(to))) throw new BackupFailed("BACKUP_FOLDER_MISSING", `${dirname(to)} is not there`);
	const staging = join(dataDir, STAGING);
	try {
		await rm(staging, { recursive: true, force: true });
		await mkdir(staging, { mode: 0o700 });
		const copy = join(staging, JOURNAL_FILE);
		const progress = { copied: 0, pages: 0, bytes: 0 };
		await copyDatabase(join(dataDir, JOURNAL_FILE), copy, (copied, pages) => {
			tell(Object.assign(progress, { copied, pages }));
		});
		// After the journal: rows that move meanwhile are then in both, and not in neither.
		const archives = archivesIn(dataDir);
		for (const name of archives) await copyDatabase(join(dataDir, name), join(staging, name));
		const { box, journal } = headOf(copy);
		const config = configFiles(plan.configFile);
		const { at, shop } = plan;
		const manifest: Manifest = { v: 1, at, box, shop, journal, elsewhere: config.elsewhere };
		const files: Packed[] = [
			textFile(MANIFEST_NAME, `${JSON.stringify(manifest, null, "\t")}\n`),
			copiedFile(JOURNAL_NAME, copy),
			...archives.map((name) => copiedFile(`data/${name}`, join(staging, name))),
			...boxFiles(dataDir),
			...config.files,
		];
		const bytes = await writeArchive(to, plan.lock, files, (written) =>
			tell(Object.assign(progress, { bytes: written })),
		);
		return { bytes, journal: journal.number };
	} catch (error) {
		if (error instanceof BackupFailed) throw error;
		throw new BackupFailed("BACKUP_FAILED", (error as Error).message, error);
	} finally {
		await rm(staging, { recursive: true, force: true });
	}
}

/**
 * Copies the journal, or one of its archives, as it is at one moment. An open reading transaction pins that moment: without it every sale booked
 * meanwhile would make SQLite begin anew, and a busy shop would never be done.
 */
async function copyDatabase(
	from: string,
	to: string,
	tell: (copied: number, pages: number) => void = () => undefined,
): Promise<void> {
	const database = new DatabaseSync(from, { readOnly: true, timeout: 5000 });
	try {
		database.exec("BEGIN");
		const [pages, size] = ["page_count", "page_size"].map((name) => {
			return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
		}) as [number, number];
		const { bavail, bsize } = statfsSync(dirname(to));
		if (bavail * bsize < pages * size + RESERVE_BYTES) {
			throw new BackupFailed("BACKUP_FAILED", `no room to copy a journal of ${pages * size} bytes in ${dirname(to)}`);
		}
		await backup(database, to, {
			rate: PAGES_A_STEP,
			progress: ({ totalPages, remainingPages }) => tell(totalPages - remainingPages, totalPages),
		});
	} finally {
		database.close();
	}
}

function headOf(file: string): { box: string; journal: Manifest["journal"] } {
	const { database, box } = openReadOnly(file);
	try {
		const last = selectLast(database).get();
		return { box, journal: { number: Number(last?.number ?? 0), hash: String(last?.hash ?? "") } };
	} finally {
		database.close();
	}
}

const copiedFile = (name: string, file: string): Packed => ({ name, bytes: statSync(file).size, content: { file } });

function textFile(name: string, text: string): Packed {
	const content = new TextEncoder().encode(text);
	return { name, bytes: content.byteLength, content };
}
