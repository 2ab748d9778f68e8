import { parentPort, workerData } from "node:worker_threads";
import { BackupFailed, type BackupFailure } from "./faults.ts";
import { makeBackup } from "./make.ts";
import type { BackupPlan, Made, Progress } from "./plan.ts";

/** Makes one backup in a thread of its own: encrypting takes the processor for seconds, and registers wait for none of them. */
export type BackupReport =
	| { type: "progress"; progress: Progress }
	| { type: "made"; made: Made }
	| { type: "failed"; code: BackupFailure; message: string };

const TELL_EVERY_MS = 200;

let toldAtMs = Number.NEGATIVE_INFINITY;
const report = (message: BackupReport): void => parentPort?.postMessage(message);

try {
	const made = await makeBackup(workerData as BackupPlan, (progress) => {
		if (performance.now() - toldAtMs < TELL_EVERY_MS) return;
		toldAtMs = performance.now();
		report({ type: "progress", progress: { ...progress } });
	});
	report({ type: "made", made });
} catch (error) {
	if (!(error instanceof BackupFailed)) throw error;
	report({ type: "failed", code: error.code, message: error.message });
}
