import { EventEmitter } from "node:events";
import { type FSWatcher, readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type ConfigFile, ConfigInvalid, readConfig } from "./config-file.ts";

/** An editor writes in several steps: a change counts when the file was left alone for this long. */
const SETTLE_MS = 150;
/** Where the system tells of no changes (network folders, links to elsewhere, no watches left) the file is looked at. */
const POLL_MS = 2000;

export type WatchOptions = { pollMs?: number; watchFolder?: typeof watch };

/**
 * devices.yaml as it is now, for a part that goes on running while people edit it. While the file is broken the last
 * one that could be used stays in force.
 */
export class ConfigWatch extends EventEmitter<{ changed: [ConfigFile]; broken: [ConfigInvalid] }> {
	readonly file: string;
	#text: string | undefined;
	#current: ConfigFile | undefined;
	#trouble: ConfigInvalid | undefined;
	readonly #watcher: FSWatcher | undefined;
	readonly #poll: NodeJS.Timeout;
	#settling: NodeJS.Timeout | undefined;

	/** Reads the file at once and follows it from then on. */
	constructor(file: string, { pollMs = POLL_MS, watchFolder = watch }: WatchOptions = {}) {
		super();
		this.file = file;
		this.#watcher = this.#watch(watchFolder);
		this.#poll = setInterval(() => this.#look(), pollMs).unref();
		this.#take(readText(file));
	}

	/** The last file that could be used; undefined where there was none yet. */
	get current(): ConfigFile | undefined {
		return this.#current;
	}

	/** Why the file as it stands now cannot be used; undefined where it can. */
	get trouble(): ConfigInvalid | undefined {
		return this.#trouble;
	}

	close(): void {
		clearTimeout(this.#settling);
		clearInterval(this.#poll);
		this.#watcher?.close();
	}

	/** Takes what stands there when it has stood there for a while. */
	#look(): void {
		const text = readText(this.file);
		if (text === this.#text || this.#settling) return;
		this.#settling = setTimeout(() => {
			this.#settling = undefined;
			if (readText(this.file) === text) this.#take(text);
			else this.#look();
		}, SETTLE_MS).unref();
	}

	#take(text: string | undefined): void {
		this.#text = text;
		try {
			this.#current = parse(text, this.file);
			this.#trouble = undefined;
			this.emit("changed", this.#current);
		} catch (error) {
			if (!(error instanceof ConfigInvalid)) throw error;
			this.#trouble = error;
			this.emit("broken", error);
		}
	}

	/** The folder, not the file: most editors put a new file in the old one's place. */
	#watch(watchFolder: typeof watch): FSWatcher | undefined {
		const name = basename(this.file);
		try {
			const watcher = watchFolder(dirname(this.file), { persistent: false }, (_, changed) => {
				if (changed === null || changed === name) this.#look();
			});
			return watcher.on("error", () => watcher.close());
		} catch {
			// Looking at it now and then is left.
			return undefined;
		}
	}
}

/** The file's text, or undefined where it cannot be read. */
function readText(file: string): string | undefined {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return undefined;
	}
}

function parse(text: string | undefined, file: string): ConfigFile {
	if (text !== undefined) return readConfig(text, file);
	const remedy = "Put it back, and let the user that runs the hub read it.";
	throw new ConfigInvalid(file, [{ line: 1, field: "", message: "the file is not there, or cannot be read", remedy }]);
}
