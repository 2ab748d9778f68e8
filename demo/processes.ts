import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

const LOOK_EVERY_MS = 50;
const STOP_WITHIN_MS = 15_000;
const WORDS_KEPT = 4000;

export type ProgramPlan = {
	name: string;
	script: string;
	words?: string[];
	environment?: Record<string, string>;
	/** All that it prints goes to this file, which starts empty. */
	logFile: string;
};

/** A program of ours that runs beside the demo, in its own process. */
export class Program {
	readonly name: string;
	readonly #process: ChildProcess;
	readonly #logFile: string;
	#lastWords = "";

	constructor({ name, script, words = [], environment = {}, logFile }: ProgramPlan) {
		this.name = name;
		this.#logFile = logFile;
		writeFileSync(logFile, "");
		this.#process = spawn(process.execPath, [script, ...words], {
			// Its stdin stays open for as long as the demo lives; a group of its own, so that Ctrl-C comes to the demo
			// alone, which then stops the programs in the right order.
			stdio: ["pipe", "pipe", "pipe"],
			detached: true,
			env: { ...process.env, ...environment, KASSAHUB_SUPERVISED: "1" },
		});
		const log = createWriteStream(logFile, { flags: "a" });
		for (const stream of [this.#process.stdout, this.#process.stderr]) {
			stream?.on("data", (chunk: Buffer) => {
				log.write(chunk);
				this.#lastWords = (this.#lastWords + chunk).slice(-WORDS_KEPT);
			});
		}
		this.#process.stdin?.on("error", () => undefined);
		this.#process.once("error", (error) => log.write(`${error}\n`));
		this.#process.once("close", () => log.end());
	}

	get hasEnded(): boolean {
		return this.#process.exitCode !== null || this.#process.signalCode !== null || this.#process.pid === undefined;
	}

	/** Rejects when the program ends: by itself, it never should. */
	async ended(): Promise<never> {
		if (!this.hasEnded) await once(this.#process, "close");
		throw new Error(`${this.name} has ended. Its last words (all are in ${this.#logFile}):\n${this.#lastWords}`);
	}

	say(line: string): void {
		this.#process.stdin?.write(`${line}\n`);
	}

	/** Asks it to leave, and ends it where it doesn't. */
	async stop(): Promise<void> {
		if (this.hasEnded) return;
		const closed = once(this.#process, "close");
		this.#process.kill("SIGTERM");
		const deadline = setTimeout(() => this.#process.kill("SIGKILL"), STOP_WITHIN_MS);
		await closed;
		clearTimeout(deadline);
	}
}

/** Waits until `found` gives a value; throws with `what` when it takes longer than `withinMs`. */
export async function until<T>(what: string, withinMs: number, found: () => Promise<T | undefined>): Promise<T> {
	const deadline = performance.now() + withinMs;
	for (;;) {
		const value = await found();
		if (value !== undefined) return value;
		if (performance.now() > deadline) throw new Error(`waited ${withinMs / 1000} seconds for ${what}`);
		await wait(LOOK_EVERY_MS);
	}
}

/** `wanted` where it is free, else any other port that is. */
export async function freePort(wanted = 0): Promise<number> {
	const server = createServer();
	try {
		server.listen(wanted, "127.0.0.1");
		await once(server, "listening");
	} catch (error) {
		if (wanted !== 0 && (error as NodeJS.ErrnoException).code === "EADDRINUSE") return freePort();
		throw error;
	}
	const address = server.address();
	server.close();
	await once(server, "close");
	if (!address || typeof address === "string") throw new Error("a TCP server without a port");
	return address.port;
}
