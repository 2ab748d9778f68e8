import { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";
import { JournalError } from "../journal/journal-error.ts";
import type { Failure, Packed, Report, ThreadData } from "./protocol.ts";

type Answers = Record<never, never>;
type Call = (...args: never[]) => unknown;
type Asked = { resolve(value: unknown): void; reject(error: Error): void };

const RESTART_MS_MIN = 1000;
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
	#starting: Promise<void> | undefined;
	#isClosing = false;
	#failedStarts = 0;
	#restart: NodeJS.Timeout | undefined;

	constructor(file: URL, data: ThreadData) {
		super();
		this.#file = file;
		this.#data = data;
	}

	/** Starts the thread and waits until it has. Rejects with its reason where it cannot start. */
	start(): Promise<void> {
		this.#starting = this.#startOnce();
		return this.#starting;
	}

	/** Starts the thread without waiting, and tries again until it has: who asks it meanwhile waits. */
	startSoon(): void {
		this.start().catch(() => {
			if (this.#isClosing) return;
			const pauseMs = Math.min(RESTART_MS_MIN * 2 ** this.#failedStarts++, RESTART_MS_MAX);
			this.#restart = setTimeout(() => this.startSoon(), pauseMs);
		});
	}

	#startOnce(): Promise<void> {
		return new Promise((resolve, reject) => {
			const worker = new Worker(this.#file, { workerData: this.#data });
			let fault: Error | undefined;
			let hasStarted = false;
			worker.on("message", (report: Report) => {
				if (report.type === "started") {
					hasStarted = true;
					this.#failedStarts = 0;
					this.#worker = worker;
					resolve();
				}
				this.#take(report);
			});
			worker.on("error", (error) => {
				fault = error instanceof Error ? error : new Error(String(error));
			});
			worker.on("exit", (code) => {
				const reason = fault ?? new Error(`a thread of the books ended with code ${code}`);
				if (hasStarted) this.#lose(reason);
				else reject(reason);
			});
		});
	}

	get isRunning(): boolean {
		return this.#worker !== undefined;
	}

	/** Asks the thread for one of its answers. Rejects with JournalError where the journal failed it. */
	async ask<K extends keyof T>(
		name: K,
		...args: T[K] extends Call ? Parameters<T[K]> : never
	): Promise<T[K] extends Call ? ReturnType<T[K]> : never> {
		await this.#starting?.catch(() => undefined);
		const worker = this.#worker;
		if (worker === undefined)
			throw new JournalError("JOURNAL_UNWRITABLE", "the books are closed, or not open again yet");
		return new Promise((resolve, reject) => {
			const ask = ++this.#lastAsk;
			this.#asked.set(ask, { resolve: resolve as (value: unknown) => void, reject });
			worker.postMessage({ type: "ask", ask, name, args });
		});
	}

	submit(packed: Packed): void {
		this.#worker?.postMessage({ type: "submit", packed }, [packed.buffer]);
	}

	/** Lets the thread finish what it was given and end. */
	async close(): Promise<void> {
		this.#isClosing = true;
		clearTimeout(this.#restart);
		await this.#starting?.catch(() => undefined);
		const worker = this.#worker;
		if (worker === undefined) return;
		const ended = new Promise((resolve) => worker.once("exit", resolve));
		try {
			await (this as ThreadLink<{ close(): void }>).ask("close");
		} finally {
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
		this.startSoon();
	}
}
