import { mkdirSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ClientName } from "@kassahub/contracts/fields.ts";
import type { Logger } from "pino";
import { Type } from "typebox";
import { Value } from "typebox/value";

const Names = Type.Array(ClientName);

/**
 * The devices whose state the hub's broker keeps, on disk: what was taken out of devices.yaml while the bridge was away
 * is known when it is back.
 */
export class Roster {
	readonly #file: string;
	readonly #log: Logger;
	readonly #names: Set<string>;
	#saving: Promise<void> = Promise.resolve();

	constructor(file: string, log: Logger) {
		this.#file = file;
		this.#log = log;
		this.#names = new Set(readNames(file));
	}

	get names(): readonly string[] {
		return [...this.#names];
	}

	/** Resolves when it is on disk: the device's state may be told from then on. */
	add(name: string): Promise<void> {
		if (!this.#names.has(name)) {
			this.#names.add(name);
			this.#save();
		}
		return this.#saving;
	}

	remove(name: string): Promise<void> {
		if (this.#names.delete(name)) this.#save();
		return this.#saving;
	}

	#save(): void {
		this.#saving = this.#saving.then(() => this.#write());
	}

	async #write(): Promise<void> {
		try {
			mkdirSync(dirname(this.#file), { recursive: true });
			await writeFile(`${this.#file}.new`, JSON.stringify(this.names));
			await rename(`${this.#file}.new`, this.#file);
		} catch (error) {
			// At worst a device that is no more keeps its last state on the broker.
			this.#log.error({ err: error, file: this.#file }, "the names of the devices could not be recorded");
		}
	}
}

function readNames(file: string): string[] {
	try {
		const names: unknown = JSON.parse(readFileSync(file, "utf8"));
		return Value.Check(Names, names) ? names : [];
	} catch {
		// Absent at first, cut off by a power cut.
		return [];
	}
}
