import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Logger } from "pino";
import type { Change } from "./session-store.ts";

/** At most fifty commits a second reach the SD card, however busy it is; a single change is on its way at once. */
const COMMIT_EVERY_MS = 20;
const RETRY_MS = 5_000;

/**
 * Writes changes of sessions behind the broker's back, in batches. Only the last change of a key is written, and a row
 * that is taken back before its batch left never reaches the disk: what a live register acknowledges costs nothing.
 */
export class SessionLog {
	readonly #worker: Worker;
	readonly #log: Logger;
	#pending = new Map<string, Change>();
	#writing: Map<string, Change> | undefined;
	#timer: NodeJS.Timeout | undefined;
	#lastAt = Number.NEGATIVE_INFINITY;
	/** Who waits for what is pending, and for what is being written. */
	#waiting: (() => void)[] = [];
	#released: (() => void)[] = [];
	#isFailing = false;
	#isGone = false;

	constructor(file: string, log: Logger) {
		this.#log = log;
		this.#worker = new Worker(new URL("./session-writer.ts", import.meta.url), { workerData: file });
		this.#worker.on("message", (failure: string | undefined) => this.#written(failure));
		// Sessions are not the books: without them the shop sells on, and clients subscribe anew after a restart.
		this.#worker.on("error", (error) => this.#log.error({ err: error }, "sessions are no longer stored"));
		this.#worker.on("exit", () => {
			this.#isGone = true;
			this.#pending.clear();
			for (const resolve of [...this.#released.splice(0), ...this.#waiting.splice(0)]) resolve();
		});
	}

	put(key: string, change: Change): void {
		if (this.#isGone) return;
		this.#pending.set(key, change);
		this.#schedule(COMMIT_EVERY_MS);
	}

	/** Takes a row away: `change` deletes it, and is not needed where it never left. */
	takeBack(key: string, change: Change): void {
		if (this.#pending.delete(key)) return;
		this.put(key, change);
	}

	/** Resolves once everything changed so far was given to the disk, or could not be. */
	flushed(): Promise<void> {
		const waiting = this.#pending.size > 0 ? this.#waiting : this.#released;
		if (this.#isGone || (waiting === this.#released && !this.#writing)) return Promise.resolve();
		return new Promise((resolve) => waiting.push(resolve));
	}

	async close(): Promise<void> {
		await this.flushed();
		clearTimeout(this.#timer);
		if (this.#isGone) return;
		const exited = once(this.#worker, "exit");
		this.#worker.postMessage("close");
		await exited;
	}

	#schedule(everyMs: number): void {
		if (this.#timer || this.#writing) return;
		const waitMs = Math.max(0, this.#lastAt + everyMs - performance.now());
		this.#timer = setTimeout(() => this.#commit(), waitMs);
	}

	#commit(): void {
		this.#timer = undefined;
		this.#lastAt = performance.now();
		this.#writing = this.#pending;
		this.#pending = new Map();
		this.#released = this.#waiting.splice(0);
		const changes: Change[] = [];
		for (const change of this.#writing.values()) {
			// A payload is often a view into a whole chunk of the socket, and posting it would copy that chunk.
			changes.push(change.map((value) => (value instanceof Uint8Array ? new Uint8Array(value) : value)) as Change);
		}
		this.#worker.postMessage(changes);
	}

	#written(failure: string | undefined): void {
		const batch = this.#writing ?? new Map<string, Change>();
		this.#writing = undefined;
		if (failure !== undefined) {
			if (!this.#isFailing) this.#log.error({ reason: failure }, "sessions cannot be stored; trying again");
			for (const [key, change] of batch) if (!this.#pending.has(key)) this.#pending.set(key, change);
		} else if (this.#isFailing) this.#log.info("sessions are stored again");
		this.#isFailing = failure !== undefined;
		// Whoever waits is let go either way: the sessions live on in memory.
		for (const resolve of this.#released.splice(0)) resolve();
		if (this.#pending.size > 0) this.#schedule(this.#isFailing ? RETRY_MS : COMMIT_EVERY_MS);
	}
}
