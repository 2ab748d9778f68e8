import { EventEmitter } from "node:events";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough, type Readable } from "node:stream";
import { type LogLevel, type LogLine, levelNumbers } from "@kassahub/contracts/log-line.ts";
import { LogFiles } from "./log-files.ts";

const LINES_KEPT = 5000;
const CHARACTERS_KEPT = 2 * 1024 * 1024;
/** Of an earlier run of the hub so much is read back: what went before a crash is what is looked for. */
const READ_BACK_BYTES = 256 * 1024;
const LINE_LENGTH_MAX = 16 * 1024;
/** A follower that does not read is not waited for. */
const UNREAD_BYTES_MAX = 1024 * 1024;

export type LogFilter = { part?: string; level?: LogLevel; sinceMs?: number };
type Kept = { text: string; line: LogLine };

/** The log of the hub and its parts: passed on to standard output, the newest of it kept in memory, all of it in files. */
export class LogBook extends EventEmitter<{ line: [Kept] }> {
	readonly #out: { write(text: string): unknown } | undefined;
	readonly #shownFrom: number;
	#kept: Kept[] = [];
	#characters = 0;
	#files: LogFiles | undefined;

	/** `shown`: the lowest level that goes to `out`. */
	constructor({ out, shown = "info" }: { out?: { write(text: string): unknown }; shown?: string } = {}) {
		super();
		this.setMaxListeners(0);
		this.#out = out;
		this.#shownFrom = levelNumbers[shown as LogLevel] ?? Number.POSITIVE_INFINITY;
	}

	/** One line of the hub's own, as pino writes it. */
	write(text: string): void {
		this.#take("hub", text.trimEnd(), "out");
	}

	/** What a part says on its standard output or error, until it ends. */
	take(part: string, stream: Readable, kind: "out" | "error"): void {
		createInterface({ input: stream }).on("line", (text) => this.#take(part, text, kind));
	}

	/** Keeps the log in files of this folder from now on; what is there from before can be asked for too. */
	keepIn(folder: string): LogFiles {
		const earlier = lastLinesOf(join(folder, "kassahub.log")).map((text) => keptOf("hub", text, "out"));
		const files = new LogFiles({ folder });
		for (const { text } of this.#kept) files.add(text, false);
		const since = this.#kept;
		this.#kept = [];
		this.#characters = 0;
		for (const kept of [...earlier, ...since]) this.#keep(kept);
		this.#files = files;
		return files;
	}

	/** The newest lines that pass, the oldest first, each as JSON. */
	lines(filter: LogFilter, limit = LINES_KEPT): string[] {
		return this.#kept
			.filter(({ line }) => passes(line, filter))
			.slice(-limit)
			.map(({ text }) => text);
	}

	/** The same, and then every further line that passes, until the reader goes away. */
	follow(filter: LogFilter, limit: number): PassThrough {
		const stream = new PassThrough();
		const tell = ({ line, text }: Kept): void => {
			if (passes(line, filter) && stream.writableLength <= UNREAD_BYTES_MAX) stream.write(`${text}\n`);
		};
		for (const text of this.lines(filter, limit)) stream.write(`${text}\n`);
		this.on("line", tell);
		stream.once("close", () => this.off("line", tell));
		return stream;
	}

	#take(part: string, text: string, kind: "out" | "error"): void {
		if (text === "") return;
		const kept = keptOf(part, text, kind);
		if (kept.line.level >= this.#shownFrom) this.#out?.write(`${kept.text}\n`);
		this.#keep(kept);
		this.#files?.add(kept.text, kept.line.level >= levelNumbers.error);
		this.emit("line", kept);
	}

	#keep(kept: Kept): void {
		this.#kept.push(kept);
		this.#characters += kept.text.length;
		while (this.#kept.length > LINES_KEPT || this.#characters > CHARACTERS_KEPT) {
			this.#characters -= this.#kept.shift()?.text.length ?? 0;
		}
	}
}

const passes = (line: LogLine, { part, level = "trace", sinceMs = 0 }: LogFilter): boolean =>
	(part === undefined || line.part === part) && line.level >= levelNumbers[level] && line.time >= sinceMs;

/** A line as it is kept: with its part, and what is no line of pino's as the message of one. */
function keptOf(part: string, text: string, kind: "out" | "error"): Kept {
	const short = text.slice(0, LINE_LENGTH_MAX);
	const value = short.length === text.length ? parsed(text) : undefined;
	if (typeof value?.level === "number" && typeof value.time === "number") {
		if (typeof value.part === "string") return { text, line: value as LogLine };
		// cloud-relay and cloud give their name instead.
		const { name: _, ...rest } = value;
		const line = { ...rest, part } as LogLine;
		return { text: JSON.stringify(line), line };
	}
	const level = kind === "error" ? levelNumbers.error : levelNumbers.info;
	const line: LogLine = { level, time: Date.now(), part, msg: short };
	return { text: JSON.stringify(line), line };
}

function parsed(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}

function lastLinesOf(file: string): string[] {
	let descriptor: number;
	try {
		descriptor = openSync(file, "r");
	} catch {
		return [];
	}
	try {
		const { size } = fstatSync(descriptor);
		const bytes = Buffer.alloc(Math.min(size, READ_BACK_BYTES));
		readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
		const lines = bytes.toString("utf8").split("\n");
		// The first is cut where the file is longer.
		return (bytes.length < size ? lines.slice(1) : lines).filter((line) => line !== "");
	} finally {
		closeSync(descriptor);
	}
}
