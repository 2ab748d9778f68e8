import { type ChildProcess, spawn } from "node:child_process";
import type { Logger } from "pino";
import { localTime } from "../clock.ts";
import type { LogBook } from "../logs/log-book.ts";

const RESTART_MS_MIN = 500;
const RESTART_MS_MAX = 30_000;
/** A child that ran this long was well: its next restart starts at the shortest wait again. */
const WELL_AFTER_MS = 60_000;
const STOP_WITHIN_MS = 8_000;
/** The bridge says every two seconds that its event loop turns; a part that has said so and falls silent this long hangs. */
const SILENT_MS_MAX = 30_000;

const LAST_WORDS_LENGTH = 4096;

export type ChildPlan = {
	name: string;
	script: string;
	environment: Record<string, string>;
	/** Shorter in tests. */
	silentMsMax?: number;
};

/** When a part last ended by itself, and why, as far as the hub knows. */
type Stop = { at: string; reason: string };

/** Keeps one part of the shop running as its own process: restarts it with back-off, whatever it died of (invariant 9). */
export class Child {
	readonly #plan: ChildPlan;
	readonly #log: Logger;
	readonly #logs: Pick<LogBook, "take"> | undefined;
	#process: ChildProcess | undefined;
	#timer: NodeJS.Timeout | undefined;
	#silence: NodeJS.Timeout | undefined;
	#waitMs = RESTART_MS_MIN;
	#isStopping = false;
	#restarts = 0;
	#lastStop: Stop | undefined;
	#isHanging = false;

	/** `logs`: takes what the part says; without, it says it where the hub does. */
	constructor(plan: ChildPlan, log: Logger, logs?: Pick<LogBook, "take">) {
		this.#plan = plan;
		this.#logs = logs;
		this.#log = log.child({ part: plan.name });
	}

	get status(): { name: string; pid: number | undefined; restarts: number; lastStop: Stop | undefined } {
		return {
			name: this.#plan.name,
			pid: this.#process?.pid,
			restarts: this.#restarts,
			lastStop: this.#lastStop,
		};
	}

	start(): void {
		const startedAt = performance.now();
		const child = spawn(process.execPath, [this.#plan.script], {
			// A part watches its stdin: when the hub dies, however it dies, the pipe closes and the part leaves too.
			stdio: ["pipe", this.#logs ? "pipe" : "inherit", this.#logs ? "pipe" : "inherit", "ipc"],
			env: { ...process.env, ...this.#plan.environment, KASSAHUB_SUPERVISED: "1" },
		});
		this.#process = child;
		child.stdin?.on("error", () => undefined);
		let lastWords = "";
		if (child.stdout) this.#logs?.take(this.#plan.name, child.stdout, "out");
		if (child.stderr) {
			this.#logs?.take(this.#plan.name, child.stderr, "error");
			child.stderr.on("data", (bytes: Buffer) => {
				lastWords = (lastWords + bytes).slice(-LAST_WORDS_LENGTH);
			});
		}
		child.once("spawn", () => this.#log.info({ pid: child.pid }, "started"));
		child.once("error", (error) => this.#log.error({ err: error }, "could not be started"));
		child.on("message", () => this.#watch(child));
		child.once("close", (code, signal) => {
			clearTimeout(this.#silence);
			this.#silence = undefined;
			this.#process = undefined;
			if (this.#isStopping) return;
			const why = this.#isHanging ? "hung" : signal ? `ended by ${signal}` : `ended with ${code}`;
			const error = /^\w*Error\b.*$/m.exec(lastWords)?.[0];
			this.#lastStop = { at: localTime(Date.now()), reason: `${why}${error ? `: ${error}` : ""}`.slice(0, 200) };
			this.#isHanging = false;
			if (performance.now() - startedAt > WELL_AFTER_MS) this.#waitMs = RESTART_MS_MIN;
			this.#log.warn({ code, signal, restartInMs: this.#waitMs }, "stopped; restarting");
			this.#timer = setTimeout(() => this.start(), this.#waitMs);
			this.#waitMs = Math.min(this.#waitMs * 2, RESTART_MS_MAX);
			this.#restarts++;
		});
	}

	/** The part is alive; it is ended, and so started again, where that is the last thing it says. */
	#watch(child: ChildProcess): void {
		if (this.#silence) {
			this.#silence.refresh();
			return;
		}
		const { silentMsMax = SILENT_MS_MAX } = this.#plan;
		this.#silence = setTimeout(() => {
			this.#log.error({ silentMs: silentMsMax }, "hangs; ending it");
			this.#isHanging = true;
			child.kill("SIGKILL");
		}, silentMsMax);
	}

	/** Asks the part to leave, and ends it where it doesn't within eight seconds. */
	async stop(): Promise<void> {
		this.#isStopping = true;
		clearTimeout(this.#timer);
		const child = this.#process;
		if (!child || child.exitCode !== null) return;
		const closed = new Promise((resolve) => child.once("close", resolve));
		child.kill("SIGTERM");
		const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
		await closed;
		clearTimeout(deadline);
	}
}
