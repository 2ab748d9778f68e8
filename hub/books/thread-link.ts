import { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";
import { JournalError } from "../journal/journal-error.ts";
import type { Failure, Packed, Report, ThreadData } from "./protocol.ts";

type Answers = Record<never, never>;
type Call = (...args: never[]) => unknown;
type Asked = { resolve(value: unknown): void; reject(error: Error): void };

const RESTART_MS_MAX = 30_000;

export const errorOf = ({ code, message }: Failure): Error =>
	code === undefined ? new Error(message) : new JournalError(code, message);

/**
 * The main thread's hold on a thread of the books. A thread that dies takes along what it was asked, and is opened
 * anew: at once, then with growing pauses while it cannot start.
 */
export class ThreadLink<T extends Answers> extends EventEmitter<{
	report: [Report];
	/** The thread died by itself; everything that was on its way to it is lost. */
	lost: [Error];
}> {
	readonly #file: URL;
	readonly #data: ThreadData;
	#worker: Worker | undefined;
	#asked = new Map<number, Asked>();
	#lastAsk = 0;
	#isClosing = false;
	#failedStarts = 0;
	#restart: NodeJS.Timeout | undefined;

	constructor(file: URL, data: ThreadData) {
		super();
		this.#file = file;
		this.#data = data;
	}

	/** Starts the thread and waits until it is ready. Rejects with its reason where it cannot start. */
	start(): Promise<Extract<Report, { type: "ready" }>> {
		return new Promise((resolve, reject) => {
			const worker = new Worker(this.#file, { workerData: this.#data });
			let fault: Error | undefined;
			let isReady = false;
			worker.on("message", (report: Report) => {
				if (report.type === "ready") {
					isReady = true;
					this.#failedStarts = 0;
					this.#worker = worker;
					resolve(report);
				}
				this.#take(report);
			});
			worker.on("error", (error) => {
				fault = error instanceof Error ? error : new Error(String(error));
			});
			worker.on("exit", (code) => {
				const reason = fault ?? new Error(`a thread of the books ended with code ${code}`);
				if (isReady) this.#lose(reason);
				else reject(reason);
			});
		});
	}

	get isRunning(): boolean {
		return this.#worker !== undefined;
	}

	/** Asks the thread for one of its answers. Rejects with JournalError where the journal failed it. */
	ask<K extends keyof T>(
		name: K,
		...args: T[K] extends Call ? Parameters<T[K]> : never
	): Promise<T[K] extends Call ? ReturnType<T[K]> : never> {
		return new Promise((resolve, reject) => {
			if (this.#worker === undefined) {
				reject(new JournalError("JOURNAL_UNWRITABLE", "the books are closed, or not open again yet"));
				return;
			}
			const ask = ++this.#lastAsk;
			this.#asked.set(ask, { resolve: resolve as (value: unknown) => void, reject });
			this.#worker.postMessage({ type: "ask", ask, name, args });
		});
	}

	submit(packed: Packed): void {
		this.#worker?.postMessage({ type: "submit", packed }, [packed.buffer]);
	}

	/** Lets the thread finish what it was given and end. */
	async close(): Promise<void> {
		this.#isClosing = true;
		clearTimeout(this.#restart);
		const worker = this.#worker;
		if (worker === undefined) return;
		const ended = new Promise((resolve) => worker.once("exit", resolve));
		try {
			await (this as ThreadLink<{ close(): void }>).ask("close");
		} finally {
			this.#worker = undefined;
			await ended;
		}
	}

	#take(report: Report): void {
		if (report.type !== "answer" && report.type !== "unanswered") {
			this.emit("report", report);
			return;
		}
		const asked = this.#asked.get(report.ask);
		this.#asked.delete(report.ask);
		if (report.type === "answer") asked?.resolve(report.value);
		else asked?.reject(errorOf(report.failure));
	}

	#lose(reason: Error): void {
		this.#worker = undefined;
		const asked = [...this.#asked.values()];
		this.#asked.clear();
		for (const { reject } of asked) reject(new JournalError("JOURNAL_UNWRITABLE", reason));
		if (this.#isClosing) return;
		this.emit("lost", reason);
		this.#startAgain();
	}

	#startAgain(): void {
		const pauseMs = this.#failedStarts === 0 ? 0 : Math.min(1000 * 2 ** (this.#failedStarts - 1), RESTART_MS_MAX);
		this.#failedStarts++;
		this.#restart = setTimeout(() => {
			this.start().catch(() => {
				if (!this.#isClosing) this.#startAgain();
			});
		}, pauseMs);
	}
}
