import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { BackupResult, BackupState } from "@kassahub/contracts/backup.ts";
import { uuidv7 } from "uuidv7";
import type { Unlock } from "../backup/archive.ts";
import { ArchiveUnreadable, BackupFailed, RestoreRefused } from "../backup/faults.ts";
import { readIdentity, readLock, readSecret } from "../backup/lock.ts";
import type { Lock } from "../backup/plan.ts";
import { systemClock } from "../clock.ts";
import { readSettings } from "../config.ts";
import { JOURNAL_FILE } from "../journal/store.ts";
import { type Call, type CliCommand, CliFault, print, say } from "./command.ts";
import { withBooks, withLockedData } from "./data.ts";
import { RunningHub } from "./running-hub.ts";

const LOOK_MS = 500;

type Key = { recipient?: string; passphraseFile?: string };

export const backup: CliCommand = {
	words: "backup",
	summary: "Put all that makes this box into one encrypted file, while the hub sells or without it",
	options: {
		to: { type: "string", value: "FILE", description: "Where to; absent: the folder that devices.yaml names" },
		"passphrase-file": { type: "string", value: "F", description: "Encrypt with the passphrase in this file" },
		recipient: { type: "string", value: "age1…", description: "Encrypt for the holder of this age key" },
	},
	async run({ options }) {
		const to = pathOf(options.to);
		const key: Key = {
			...(typeof options.recipient === "string" ? { recipient: options.recipient } : {}),
			...(options["passphrase-file"] === undefined
				? {}
				: { passphraseFile: pathOf(options["passphrase-file"]) as string }),
		};
		if (to === undefined && Object.keys(key).length > 0) {
			throw new CliFault(
				"devices.yaml says how a backup in its folder is encrypted. Name a file with --to, or neither.",
			);
		}
		const hub = await RunningHub.find();
		if (to !== undefined) lockOf(key);
		else if (!hub) throw new CliFault("No hub runs here. Name a file with --to, or start the hub: kassahub start");
		const result = hub
			? await backUpBy(hub, { ...(to === undefined ? {} : { to }), ...key })
			: await backUpAlone(to as string, key);
		if (result.status === "failed")
			throw new CliFault(`${result.code}: ${result.detail}. An older backup is as it was.`);
		say(`${result.file} holds the box up to row ${result.journal}.`);
		print(result);
		return 0;
	},
};

/** Asks the hub, and waits until it is done. */
async function backUpBy(hub: RunningHub, asked: Key & { to?: string }): Promise<BackupResult> {
	const { running } = await hub.post<BackupState>("/backups", asked);
	let saidPercent = -1;
	for (;;) {
		const state = await hub.ask<BackupState>("GET", "/backups");
		if (state.running?.since !== running?.since && state.last) return state.last;
		const percent = state.running?.percent ?? 0;
		if (percent !== saidPercent) say(`${percent} % of the journal copied`);
		saidPercent = percent;
		await wait(LOOK_MS);
	}
}

/** Without a hub: in this process, with a line in the audit log. */
function backUpAlone(to: string, key: Key): Promise<BackupResult> {
	const { configFile, config, dataDir } = readSettings();
	if (!existsSync(join(dataDir, JOURNAL_FILE)))
		throw new CliFault(`There is no journal in ${dataDir}: nothing to back up.`);
	const at = systemClock.now().at;
	const by = "technician:hub";
	return withBooks(async (books) => {
		const plan = { dataDir, configFile, shop: config.shop.id, at, to, lock: lockOf(key) };
		// Loaded where it is needed: no other command has a use for its ciphers.
		const { makeBackup } = await import("../backup/make.ts");
		const result = await makeBackup(plan).then(
			(made): BackupResult => ({ at, file: to, by, status: "made", ...made }),
			(error: unknown): BackupResult => {
				if (!(error instanceof BackupFailed)) throw error;
				return { at, file: to, by, status: "failed", code: error.code, detail: error.message };
			},
		);
		const action = result.status === "made" ? "backed-up" : "backup-failed";
		const entry = { id: uuidv7(), at, who: by, action, detail: (result.detail ?? to).slice(0, 200) };
		const payload = new TextEncoder().encode(JSON.stringify(entry));
		await books.submit({ kind: "audit", source: "hub", register: null, topic: "audit", payload });
		return result;
	});
}

export const restore: CliCommand = {
	words: "restore",
	summary: "Put a backup back on this box, once the hub is stopped; it is checked whole before anything is changed",
	operands: ["file"],
	options: {
		"passphrase-file": { type: "string", value: "F", description: "The file with its passphrase" },
		identity: { type: "string", value: "F", description: "The age identity file of its recipient" },
		replace: { type: "boolean", description: "Also where this box has data: that is kept aside" },
	},
	async run({ operands: [file = ""], options }) {
		const unlock = unlockOf(options);
		if (!existsSync(file)) throw new CliFault(`There is no file ${file}.`);
		if (await RunningHub.find()) throw new CliFault("The hub is running. Stop it first: sudo systemctl stop kassahub");
		const { restoreBackup } = await import("../backup/restore.ts");
		const restored = await withLockedData((dataDir) =>
			restoreBackup({
				file,
				unlock,
				dataDir,
				configFile: configFile(),
				replaces: options.replace === true,
				clock: systemClock,
			}),
		).catch((error: unknown) => {
			if (error instanceof ArchiveUnreadable) {
				throw new CliFault(
					`${file} cannot be opened: ${error.message}. The passphrase or key is another, or the file is damaged; nothing was changed.`,
				);
			}
			if (error instanceof RestoreRefused) throw new CliFault(`${file} was not put back: ${error.message}.`);
			throw error;
		});
		const { shop, at, journal, aside, elsewhere } = restored;
		say(
			`This box is ${shop} again, as it was at ${at}: ${journal.last === 0 ? "no row" : `rows 1 to ${journal.last}`} of its journal.`,
		);
		say(`New entries are numbered from ${journal.next.number} on, so that no number is used twice.`);
		for (const path of aside) say(`What was here before is kept in ${path}.`);
		for (const { kept, was } of elsewhere)
			say(`A secret file lay outside the folder of devices.yaml. Put it back: cp ${kept} ${was}`);
		say("Start the hub: sudo systemctl start kassahub (or npm start). Registers send again what the backup lacks.");
		print(restored);
		return 0;
	},
};

/** Where devices.yaml is to be; on a new box it need not be there yet. */
const configFile = (): string =>
	resolve(process.env.KASSAHUB_CONFIG ?? join(import.meta.dirname, "../../devices.yaml"));

const pathOf = (option: Call["options"][string]): string | undefined =>
	typeof option === "string" ? resolve(option) : undefined;

function lockOf(key: Key): Lock {
	try {
		return readLock(key);
	} catch (error) {
		throw new CliFault(`${(error as Error).message}.`);
	}
}

function unlockOf(options: Call["options"]): Unlock {
	const { identity, "passphrase-file": passphraseFile } = options;
	if ((identity === undefined) === (passphraseFile === undefined)) {
		throw new CliFault("Say what opens it: --passphrase-file F or --identity F.");
	}
	try {
		if (typeof identity === "string") return { identity: readIdentity(identity) };
		return { passphrase: readSecret(String(passphraseFile)) };
	} catch (error) {
		throw new CliFault((error as Error).message);
	}
}
