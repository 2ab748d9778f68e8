import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Adapter } from "lowdb";

/**
 * A lowdb adapter for a JSON file that only its owner may read (0600) and that is there whole, or not changed at all,
 * after a power cut. lowdb's own adapter leaves the mode to the umask and never syncs what it renames into place.
 */
export class PrivateJsonFile<T> implements Adapter<T> {
	readonly #file: string;
	#writing: Promise<void> = Promise.resolve();

	constructor(file: string) {
		this.#file = file;
	}

	/** The file's content, or null where there is none. Throws a SyntaxError for what is not JSON. */
	async read(): Promise<T | null> {
		try {
			return JSON.parse(await readFile(this.#file, "utf8")) as T;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
			throw error;
		}
	}

	/** Replaces the file; writes follow each other in the order of the calls. */
	write(data: T): Promise<void> {
		const text = `${JSON.stringify(data, null, "\t")}\n`;
		const written = this.#writing.then(() => this.#replace(text));
		this.#writing = written.catch(() => undefined);
		return written;
	}

	async #replace(text: string): Promise<void> {
		const folder = dirname(this.#file);
		await mkdir(folder, { recursive: true, mode: 0o700 });
		const draft = `${this.#file}.${process.pid}.new`;
		await using draftFile = await open(draft, "w", 0o600);
		await draftFile.writeFile(text);
		await draftFile.sync();
		await rename(draft, this.#file);
		await using folderHandle: FileHandle = await open(folder, "r");
		await folderHandle.sync();
	}
}
