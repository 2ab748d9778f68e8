import { appendFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const FILES = 10;
const FILE_BYTES_MAX = 5 * 1024 * 1024;
/** A memory card wears by writing: lines are gathered, except where something went wrong. */
const WRITE_EVERY_MS = 10_000;
const UNWRITTEN_BYTES_MAX = 64 * 1024;
/** Where the disk is full or cannot be written, lines pass by until it may be tried again. */
const RETRY_MS = 60_000;

export type LogFilesOptions = { folder: string; files?: number; fileBytesMax?: number };

/** Lines in `kassahub.log`, and the older ones in `kassahub.1.log` and on: never more than 50 MB together. */
export class LogFiles {
	readonly #folder: string;
	readonly #files: number;
	readonly #fileBytesMax: number;
	readonly #timer: NodeJS.Timeout;
	#lines: string[] = [];
	#unwritten = 0;
	#bytes: number | undefined;
	#notBeforeMs = Number.NEGATIVE_INFINITY;
	#writing: Promise<void> = Promise.resolve();

	constructor({ folder, files = FILES, fileBytesMax = FILE_BYTES_MAX }: LogFilesOptions) {
		this.#folder = folder;
		this.#files = files;
		this.#fileBytesMax = fileBytesMax;
		this.#timer = setInterval(() => void this.write(), WRITE_EVERY_MS);
		this.#timer.unref();
	}

	add(line: string, isUrgent: boolean): void {
		this.#lines.push(line);
		this.#unwritten += Buffer.byteLength(line) + 1;
		if (isUrgent || this.#unwritten >= UNWRITTEN_BYTES_MAX) void this.write();
	}

	/** Writes what was gathered. It never rejects: a log that cannot be written must stop nothing. */
	write(): Promise<void> {
		const lines = this.#lines;
		this.#lines = [];
		this.#unwritten = 0;
		if (lines.length > 0 && performance.now() >= this.#notBeforeMs) {
			this.#writing = this.#writing
				.then(() => this.#append(lines.map((line) => `${line}\n`).join("")))
				.catch(() => {
					this.#bytes = undefined;
					this.#notBeforeMs = performance.now() + RETRY_MS;
				});
		}
		return this.#writing;
	}

	close(): Promise<void> {
		clearInterval(this.#timer);
		return this.write();
	}

	async #append(text: string): Promise<void> {
		if (this.#bytes === undefined) {
			await mkdir(this.#folder, { recursive: true, mode: 0o700 });
			this.#bytes = await sizeOf(this.#path(0));
		}
		const bytes = Buffer.byteLength(text);
		if (this.#bytes > 0 && this.#bytes + bytes > this.#fileBytesMax) {
			await rm(this.#path(this.#files - 1), { force: true });
			for (let number = this.#files - 1; number > 0; number--) await moved(this.#path(number - 1), this.#path(number));
			this.#bytes = 0;
		}
		await appendFile(this.#path(0), text, { mode: 0o600 });
		this.#bytes += bytes;
	}

	#path(number: number): string {
		return join(this.#folder, number === 0 ? "kassahub.log" : `kassahub.${number}.log`);
	}
}

async function sizeOf(file: string): Promise<number> {
	return (await unlessAbsent(stat(file)))?.size ?? 0;
}

async function moved(from: string, to: string): Promise<void> {
	await unlessAbsent(rename(from, to));
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
	try {
		return await work;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}
