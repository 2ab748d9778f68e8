import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Alerts } from "../alerts.ts";
import type { Clock } from "../clock.ts";
import { BackupRefused, type BackupSettings, type Backups } from "./backups.ts";

const LOOK_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const OVERDUE_MS = 2 * DAY_MS;
const AGAIN_MS = 60 * 60 * 1000;
const SUBJECT = "backup";

export type ScheduleParts = {
	backups: Backups;
	configFile: string;
	settings(): BackupSettings | undefined;
	alerts: Pick<Alerts, "raise" | "clear">;
	clock: Clock;
	/** Milliseconds that only grow. */
	elapsedMs(): number;
};

/** A backup a day into the folder of devices.yaml, and alerts where that does not come about. */
export class BackupSchedule {
	readonly #parts: ScheduleParts;
	readonly #openedMs: number;
	#notBeforeMs = Number.NEGATIVE_INFINITY;
	#timer: NodeJS.Timeout | undefined;

	constructor(parts: ScheduleParts) {
		this.#parts = parts;
		this.#openedMs = parts.elapsedMs();
	}

	start(): void {
		this.#timer = setInterval(() => void this.look(), LOOK_MS);
		this.#timer.unref();
	}

	/** Makes the backup that is due, and says what is amiss. Resolves when that is done. */
	async look(): Promise<void> {
		const { settings, configFile, alerts, backups, elapsedMs } = this.#parts;
		const plan = settings();
		if (plan === undefined) {
			alerts.clear(SUBJECT);
			return;
		}
		const folder = resolve(dirname(configFile), plan.folder);
		const isThere = existsSync(folder);
		if (!isThere) alerts.raise("BACKUP_FOLDER_MISSING", SUBJECT, "warning", folder.slice(0, 200));
		else {
			alerts.clear(SUBJECT, "BACKUP_FOLDER_MISSING");
			if (this.#sinceLastGoodMs() >= DAY_MS && elapsedMs() >= this.#notBeforeMs) {
				this.#notBeforeMs = elapsedMs() + AGAIN_MS;
				try {
					await backups.beginInFolder("schedule");
				} catch (error) {
					if (!(error instanceof BackupRefused)) throw error;
				}
			}
		}
		const ageMs = this.#sinceLastGoodMs();
		// A new box has two days to make its first.
		const isOverdue = Number.isFinite(ageMs) ? ageMs > OVERDUE_MS : elapsedMs() - this.#openedMs > OVERDUE_MS;
		if (isOverdue) alerts.raise("BACKUP_OVERDUE", SUBJECT, "warning", backups.state().lastGood?.at);
		else alerts.clear(SUBJECT, "BACKUP_OVERDUE");
	}

	close(): void {
		clearInterval(this.#timer);
	}

	/** Infinite where there is none. One from the future was made before the clock was set right: it counts by its distance. */
	#sinceLastGoodMs(): number {
		const at = this.#parts.backups.state().lastGood?.at;
		return at === undefined ? Number.POSITIVE_INFINITY : Math.abs(this.#parts.clock.epochMs() - Date.parse(at));
	}
}
