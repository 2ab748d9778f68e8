import { open, readFile, rename, stat } from "node:fs/promises";
import type { Config, DeviceConfig } from "@kassahub/contracts/config.ts";
import { ConfigInvalid, faultWords, readConfig } from "@kassahub/contracts/config-file.ts";
import { type Document, parseDocument } from "yaml";

/** What the console may change of the shop; the rest is the technician's, by hand. */
export type ShopChange = Partial<Pick<Config["shop"], "name" | "language" | "address" | "vatNumber" | "footer">>;

/** An edit that would leave devices.yaml with a mistake; nothing was written. */
export class EditRefused extends Error {
	constructor(words: string) {
		super(words);
		this.name = "EditRefused";
	}
}

/**
 * Edits devices.yaml as a careful person would: one entry at a time, with every comment and all the rest as they stand,
 * there whole or not at all. The hub and its bridge take the edit over as they do anyone's.
 */
export class ConfigWriter {
	readonly #file: string;
	#turn: Promise<unknown> = Promise.resolve();

	constructor(file: string) {
		this.#file = file;
	}

	/** Adds a device or replaces its entry. Throws EditRefused where the entry or the name can't be. */
	putDevice(name: string, entry: DeviceConfig): Promise<void> {
		return this.#edit((document) => document.setIn(["devices", name], document.createNode(entry)));
	}

	/** Takes a device away; false where there was none of that name. */
	async removeDevice(name: string): Promise<boolean> {
		let wasThere = false;
		await this.#edit((document) => {
			wasThere = document.deleteIn(["devices", name]);
		});
		return wasThere;
	}

	putShop(change: ShopChange): Promise<void> {
		return this.#edit((document) => {
			for (const [field, value] of Object.entries(change)) document.setIn(["shop", field], document.createNode(value));
		});
	}

	#edit(change: (document: Document) => void): Promise<void> {
		const edited = this.#turn.then(() => this.#editNow(change));
		this.#turn = edited.catch(() => undefined);
		return edited;
	}

	async #editNow(change: (document: Document) => void): Promise<void> {
		const text = await readFile(this.#file, "utf8");
		const before = mistakesIn(text);
		const document = parseDocument(text, { logLevel: "error" });
		if (document.errors.length > 0) throw new EditRefused(`devices.yaml can't be read: ${document.errors[0]?.message}`);
		change(document);
		const edited = document.toString({ lineWidth: 0 });
		// A mistake that stands in somebody's other entry is theirs to mend, and no reason to refuse this one.
		const made = mistakesIn(edited).filter((mistake) => !before.includes(mistake));
		if (made.length > 0) throw new EditRefused(made.join("; "));
		const { mode } = await stat(this.#file);
		const draft = await open(`${this.#file}.new`, "w", mode);
		try {
			await draft.writeFile(edited);
			await draft.sync();
		} finally {
			await draft.close();
		}
		await rename(`${this.#file}.new`, this.#file);
	}
}

/** Every mistake in the text, without its line, which an edit above it moves. */
function mistakesIn(text: string): string[] {
	try {
		const { refused, nameless } = readConfig(text);
		return [...refused.flatMap(({ faults }) => faults), ...nameless].map((fault) => unplaced(faultWords(fault)));
	} catch (error) {
		if (!(error instanceof ConfigInvalid)) throw error;
		return error.faults.map((fault) => unplaced(faultWords(fault)));
	}
}

const unplaced = (words: string): string => words.replace(/^line \d+,? ?/, "");
