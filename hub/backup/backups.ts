import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { BackupResult, BackupState } from "@kassahub/contracts/backup.ts";
import type { Config } from "@kassahub/contracts/config.ts";
import { Low } from "lowdb";
import type { Logger } from "pino";
import type { Alerts } from "../alerts.ts";
import type { Audit } from "../audit.ts";
import type { Clock } from "../clock.ts";
import { PrivateJsonFile } from "../pairing/private-file.ts";
import { BackupFailed } from "./faults.ts";
import { readLock } from "./lock.ts";
import { type BackupPlan, type Made, type Progress, STAGING } from "./plan.ts";
import type { BackupReport } from "./thread.ts";

const KEEP = 14;
const SUBJECT = "backup";
const DETAIL_LENGTH_MAX = 200;

export type BackupSettings = NonNullable<Config["backup"]>;
export type BackupParts = {
	dataDir: string;
	configFile: string;
	shop: string;
	/** As devices.yaml has it now. */
	settings(): BackupSettings | undefined;
	alerts: Pick<Alerts, "raise" | "clear">;
	audit: Pick<Audit, "note">;
	clock: Clock;
	log: Logger;
};

/** What was asked cannot be done now. */
export class BackupRefused extends Error {
	readonly code: "BACKUP_RUNNING" | "BACKUP_NOT_SET";
	constructor(code: BackupRefused["code"], message: string) {
		super(message);
		this.code = code;
	}
}

type Running = { since: string; file: string; progress: Progress; work: Promise<BackupResult>; worker?: Worker };
type Kept = { last?: BackupResult; lastGood?: BackupResult };

/** The backups of a running hub: one at a time, each in a thread of its own, with what came of the last one. */
export class Backups {
	readonly #parts: BackupParts;
	readonly #store: Low<Kept>;
	#running: Running | undefined;
	#isClosed = false;

	private constructor(parts: BackupParts, store: Low<Kept>) {
		this.#parts = parts;
		this.#store = store;
	}

	static async open(parts: BackupParts): Promise<Backups> {
		const store = new Low<Kept>(new PrivateJsonFile<Kept>(join(parts.dataDir, "backups.json")), {});
		await store.read();
		// What a power cut left behind of the last one.
		rmSync(join(parts.dataDir, STAGING), { recursive: true, force: true });
		return new Backups(parts, store);
	}

	state(): BackupState {
		const { last, lastGood } = this.#store.data;
		const folder = this.#parts.settings()?.folder;
		const running = this.#running;
		return {
			...(folder === undefined ? {} : { folder }),
			...(running && { running: runningState(running) }),
			...(last && { last }),
			...(lastGood && { lastGood }),
		};
	}

	/** Begins a backup into the folder of devices.yaml. Throws BackupRefused; the promise is of its result. */
	beginInFolder(by: string): Promise<BackupResult> {
		const settings = this.#parts.settings();
		if (settings === undefined) throw new BackupRefused("BACKUP_NOT_SET", "devices.yaml has no `backup:`");
		const { configFile, shop, clock } = this.#parts;
		const folder = resolve(dirname(configFile), settings.folder);
		const stamp = clock.now().at.slice(0, 19).replaceAll(/[-:]/g, "");
		const to = join(folder, `kassahub-${shop}-${stamp}.tar.age`);
		const { recipient, passphraseFile } = settings;
		return this.#begin(by, to, {
			...(recipient === undefined ? {} : { recipient }),
			...(passphraseFile === undefined ? {} : { passphraseFile: resolve(dirname(configFile), passphraseFile) }),
		}).then(async (result) => {
			if (result.status === "made") {
				await this.#store.update((kept) => {
					kept.lastGood = result;
				});
				this.#prune(folder, settings.keep ?? KEEP, to);
				this.#parts.alerts.clear(SUBJECT, "BACKUP_OVERDUE");
			}
			this.#tellAlert(result);
			return result;
		});
	}

	/** Begins a backup to a file anywhere. Throws BackupRefused. */
	beginTo(by: string, to: string, key: { recipient?: string; passphraseFile?: string }): Promise<BackupResult> {
		return this.#begin(by, to, key);
	}

	/** Ends one that is under way: what it was writing is removed. */
	async close(): Promise<void> {
		this.#isClosed = true;
		const running = this.#running;
		if (!running) return;
		await running.worker?.terminate();
		await running.work;
		rmSync(`${running.file}.part`, { force: true });
		rmSync(join(this.#parts.dataDir, STAGING), { recursive: true, force: true });
	}

	#begin(by: string, to: string, key: { recipient?: string; passphraseFile?: string }): Promise<BackupResult> {
		if (this.#running) throw new BackupRefused("BACKUP_RUNNING", `a backup to ${this.#running.file} is being made`);
		const { clock, log } = this.#parts;
		const at = clock.now().at;
		log.info({ file: to, by }, "backup begins");
		const running: Running = {
			since: at,
			file: to,
			progress: { copied: 0, pages: 0, bytes: 0 },
			work: this.#work(to, key, at).then(
				(made) => this.#finish({ at, file: to, by, status: "made", ...made }),
				(error: Error) => {
					const code = error instanceof BackupFailed ? error.code : "BACKUP_FAILED";
					return this.#finish({ at, file: to, by, status: "failed", code, detail: error.message });
				},
			),
		};
		this.#running = running;
		return running.work;
	}

	async #work(to: string, key: { recipient?: string; passphraseFile?: string }, at: string): Promise<Made> {
		const { dataDir, configFile, shop } = this.#parts;
		const plan: BackupPlan = { dataDir, configFile, shop, at, to, lock: readLock(key) };
		// The caller of #begin has noted what runs by the time the thread says anything.
		await Promise.resolve();
		if (this.#isClosed) throw new BackupFailed("BACKUP_FAILED", "the hub is closing");
		return new Promise((resolve, reject) => {
			const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: plan });
			if (this.#running) this.#running.worker = worker;
			worker.on("message", (report: BackupReport) => {
				if (report.type === "progress" && this.#running) this.#running.progress = report.progress;
				else if (report.type === "made") resolve(report.made);
				else if (report.type === "failed") reject(new BackupFailed(report.code, report.message));
			});
			worker.on("error", reject);
			worker.on("exit", () => reject(new BackupFailed("BACKUP_FAILED", "it was ended before it was done")));
		});
	}

	async #finish(result: BackupResult): Promise<BackupResult> {
		const { audit, log } = this.#parts;
		this.#running = undefined;
		const { by, file, status, code, bytes, journal } = result;
		if (status === "made") log.info({ file, bytes, journal }, "backup made");
		else log.warn({ file, code, reason: result.detail }, "backup failed");
		const detail = status === "made" ? `${file}, to row ${journal}` : `${file}: ${result.detail}`;
		audit.note(by === "schedule" ? "hub" : by, status === "made" ? "backed-up" : "backup-failed", {
			detail: detail.slice(0, DETAIL_LENGTH_MAX),
		});
		await this.#store.update((kept) => {
			kept.last = result;
		});
		return result;
	}

	#tellAlert({ status, code, detail }: BackupResult): void {
		const { alerts } = this.#parts;
		for (const one of ["BACKUP_FAILED", "BACKUP_FOLDER_MISSING"] as const) {
			if (status === "failed" && code === one)
				alerts.raise(one, SUBJECT, "warning", detail?.slice(0, DETAIL_LENGTH_MAX));
			else alerts.clear(SUBJECT, one);
		}
	}

	/** Keeps the newest few, by their names, and the one just made: a clock that was ahead must not cost it. */
	#prune(folder: string, keep: number, made: string): void {
		if (!existsSync(folder)) return;
		const mine = new RegExp(`^kassahub-${this.#parts.shop}-\\d{8}T\\d{6}\\.tar\\.age(\\.part)?$`);
		const names = readdirSync(folder).filter((name) => mine.test(name));
		const whole = names.filter((name) => !name.endsWith(".part")).sort();
		const gone = [
			...whole.slice(0, Math.max(0, whole.length - keep)),
			...names.filter((name) => name.endsWith(".part")),
		];
		for (const name of gone) {
			if (join(folder, name) !== made) rmSync(join(folder, name), { force: true });
		}
	}
}

function runningState({ since, file, progress }: { since: string; file: string; progress: Progress }) {
	const { copied, pages, bytes } = progress;
	return { since, file, bytes, percent: pages === 0 ? 0 : Math.floor((100 * copied) / pages) };
}
