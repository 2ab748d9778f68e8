import {
	cpSync,
	existsSync,
	lchownSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EventId, Hash, Timestamp } from "@kassahub/contracts/fields.ts";
import type { JournalHead } from "@kassahub/contracts/journal-head.ts";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Clock } from "../clock.ts";
import { selectByNumber } from "../journal/entries.ts";
import { openEpoch } from "../journal/epoch.ts";
import { JOURNAL_FILE, openReadOnly } from "../journal/store.ts";
import { verifyJournal } from "../journal/verify.ts";
import { readArchive, syncFolder, type Unlock } from "./archive.ts";
import { CONFIG_NAME, JOURNAL_NAME, MANIFEST_NAME, type Manifest } from "./contents.ts";
import { RestoreRefused } from "./faults.ts";

/** In the data folder while a restore is under way. */
const STAGING = "restore.new";
const ASIDE = "before-restore-";
/** Belongs to the running program, or to the back office in this box, which keeps books of its own. */
const STAYS = new Set(["lock.db", "lock.db-journal", "office", "lost+found", STAGING]);

export type RestorePlan = {
	file: string;
	unlock: Unlock;
	dataDir: string;
	configFile: string;
	/** Whether a data folder that holds something gives way; what it held is kept aside. */
	replaces: boolean;
	clock: Clock;
};

export type Restored = Pick<Manifest, "at" | "box" | "shop"> & {
	/** The last row of the backup, and the entry with which the journal goes on. */
	journal: { last: number; next: JournalHead };
	/** Where what was there before is kept, where there was something. */
	aside: string[];
	/** Secret files that lay outside the folder of devices.yaml: where they are now, and where they were. */
	elsewhere: { kept: string; was: string }[];
};

const manifestValidator = Compile(
	Type.Object({
		v: Type.Literal(1),
		at: Timestamp,
		box: EventId,
		shop: Type.String(),
		journal: Type.Object({ number: Type.Integer({ minimum: 0 }), hash: Type.Union([Hash, Type.Literal("")]) }),
		elsewhere: Type.Record(Type.String(), Type.String()),
	}),
);

/**
 * Puts a backup back into a data folder that no hub works in. The archive and the journal in it are checked whole before
 * anything is changed. Throws RestoreRefused, or ArchiveUnreadable.
 */
export async function restoreBackup(plan: RestorePlan): Promise<Restored> {
	const { dataDir, configFile, replaces, clock } = plan;
	const staging = join(dataDir, STAGING);
	rmSync(staging, { recursive: true, force: true });
	const held = readdirSync(dataDir).filter((name) => !STAYS.has(name) && !name.startsWith(ASIDE));
	if (held.length > 0 && !replaces) {
		const what = held.includes(JOURNAL_FILE) ? "a journal" : held.slice(0, 3).join(", ");
		throw new RestoreRefused(
			`${dataDir} holds ${what} already; --replace keeps it aside and puts the backup in its place`,
		);
	}
	try {
		const names = await readArchive(plan.file, plan.unlock, staging);
		const manifest = readManifest(staging, names);
		checkJournal(join(staging, JOURNAL_NAME), manifest);
		if (Date.parse(manifest.at) > clock.epochMs()) {
			throw new RestoreRefused(
				`the clock of this box says ${clock.now().at}, but the backup was made at ${manifest.at}; set the clock first: the numbers of new entries follow from it`,
			);
		}
		const next = openEpoch(
			join(staging, "data"),
			clock,
			`from ${basename(plan.file)}, made ${manifest.at}`.slice(0, 200),
		);
		const stamp = clock.now().at.slice(0, 19).replaceAll(/[-:]/g, "");
		const aside = putInPlace(join(staging, "data"), dataDir, held, join(dataDir, `${ASIDE}${stamp}`));
		const configAside = putConfig(join(staging, "config"), configFile, stamp);
		const elsewhere = keepElsewhere(staging, dataDir, manifest);
		// Restored by root, the hub's own user must still be able to read it.
		if (process.getuid?.() === 0) {
			for (const name of readdirSync(dataDir)) if (!name.startsWith(ASIDE)) giveTo(dataDir, join(dataDir, name));
		}
		await syncFolder(dataDir);
		const { at, box, shop, journal } = manifest;
		return {
			at,
			box,
			shop,
			journal: { last: journal.number, next },
			aside: [...(aside ? [aside] : []), ...(configAside ? [configAside] : [])],
			elsewhere,
		};
	} finally {
		rmSync(staging, { recursive: true, force: true });
	}
}

function readManifest(staging: string, names: readonly string[]): Manifest {
	const missing = [MANIFEST_NAME, JOURNAL_NAME, "data/journal.key", CONFIG_NAME].filter(
		(name) => !names.includes(name),
	);
	if (missing.length > 0) throw new RestoreRefused(`it is no backup of a box: ${missing.join(", ")} is not in it`);
	const manifest: unknown = JSON.parse(readFileSync(join(staging, MANIFEST_NAME), "utf8"));
	if (!manifestValidator.Check(manifest)) throw new RestoreRefused("it was made by another version; update this box");
	return manifest;
}

/** The journal in the archive must be as its hub wrote it, and end where the backup says. */
function checkJournal(file: string, { journal, box }: Manifest): void {
	const verification = verifyJournal(file);
	const [fault] = verification.faults;
	if (fault) {
		throw new RestoreRefused(
			`the journal in it is not as the hub wrote it: row ${fault.number} ${fault.fault}, ${fault.detail}`,
		);
	}
	const { database } = openReadOnly(file);
	const last = selectByNumber(database).get(journal.number)?.hash ?? "";
	database.close();
	if (verification.box !== box || last !== journal.hash) {
		throw new RestoreRefused(`the journal in it does not end in row ${journal.number}, as the backup says`);
	}
}

/**
 * Moves what is in the folder aside and what was restored in: the journal goes last and comes first, so that at no moment
 * but one a hub could find neither. Returns where the old things are.
 */
function putInPlace(restored: string, dataDir: string, held: readonly string[], aside: string): string | undefined {
	const isJournal = (name: string): boolean => name === JOURNAL_FILE;
	if (held.length > 0) {
		mkdirSync(aside, { mode: 0o700 });
		for (const name of held.toSorted((a, b) => Number(isJournal(a)) - Number(isJournal(b)))) {
			renameSync(join(dataDir, name), join(aside, name));
		}
	}
	for (const name of readdirSync(restored).toSorted((a, b) => Number(isJournal(b)) - Number(isJournal(a)))) {
		renameSync(join(restored, name), join(dataDir, name));
	}
	return held.length > 0 ? aside : undefined;
}

/** devices.yaml and the secrets beside it; a file that is there and differs is kept under another name. */
function putConfig(restored: string, configFile: string, stamp: string): string | undefined {
	let aside: string | undefined;
	for (const name of readdirSync(restored, { recursive: true, withFileTypes: true })) {
		if (!name.isFile()) continue;
		const from = join(name.parentPath, name.name);
		const inside = from.slice(restored.length + 1);
		const to = inside === basename(CONFIG_NAME) ? configFile : resolve(dirname(configFile), inside);
		if (existsSync(to) && !readFileSync(to).equals(readFileSync(from))) {
			const kept = `${to}.${ASIDE}${stamp}`;
			cpSync(to, kept);
			if (to === configFile) aside = kept;
		}
		mkdirSync(dirname(to), { recursive: true });
		// The data folder may be a disk of its own.
		cpSync(from, `${to}.new`);
		renameSync(`${to}.new`, to);
		if (process.getuid?.() === 0) giveTo(dirname(to), to);
	}
	return aside;
}

/** An archive may not write wherever it likes: what lay outside goes into the data folder, for a person to put back. */
function keepElsewhere(staging: string, dataDir: string, { elsewhere }: Manifest): Restored["elsewhere"] {
	return Object.entries(elsewhere).flatMap(([name, was]) => {
		const from = join(staging, name);
		if (!/^elsewhere\/\d+$/.test(name) || !existsSync(from)) return [];
		const kept = join(dataDir, "restored-secrets", basename(name));
		mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
		renameSync(from, kept);
		return [{ kept, was }];
	});
}

/** Makes the owner of a folder the owner of what was put into it. */
function giveTo(folder: string, path: string): void {
	const { uid, gid } = statSync(folder);
	lchownSync(path, uid, gid);
	if (!lstatSync(path).isDirectory()) return;
	for (const name of readdirSync(path)) giveTo(path, join(path, name));
}
