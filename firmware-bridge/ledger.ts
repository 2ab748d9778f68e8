import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { Command } from "@kassahub/contracts/command.ts";
import { Result } from "@kassahub/contracts/result.ts";
import type { Logger } from "pino";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { Evidence } from "./drivers/driver.ts";

const Contents = Type.Object({
	orders: Type.Array(
		Type.Object({
			command: Command,
			hasBegun: Type.Boolean(),
			evidence: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
		}),
	),
	answers: Type.Array(Type.Object({ result: Result, isTold: Type.Boolean() })),
});
type Contents = Static<typeof Contents>;
export type Order = Contents["orders"][number];

const ANSWERS_KEPT = 64;

/**
 * A device's commands on disk: those that wait, those that have begun, and the last answers. Every change is fsynced
 * before it is acted upon, so that a bridge killed at any instant knows what it had begun and does nothing twice.
 */
export class Ledger {
	readonly #file: string;
	readonly #log: Logger;
	readonly #contents: Contents;
	/** False where nothing is known of earlier commands: a new device, or a record that was lost. */
	readonly remembers: boolean;
	#saving: Promise<boolean> = Promise.resolve(true);
	#next: Promise<boolean> | undefined;

	constructor(file: string, log: Logger) {
		this.#file = file;
		this.#log = log;
		mkdirSync(dirname(file), { recursive: true });
		const contents = this.#read();
		this.remembers = contents !== undefined;
		this.#contents = contents ?? { orders: [], answers: [] };
	}

	get orders(): readonly Order[] {
		return this.#contents.orders;
	}

	get untold(): readonly Result[] {
		return this.#contents.answers.filter((answer) => !answer.isTold).map((answer) => answer.result);
	}

	answerTo(id: string): Result | undefined {
		return this.#contents.answers.find((answer) => answer.result.id === id)?.result;
	}

	hasOrder(id: string): boolean {
		return this.#contents.orders.some((order) => order.command.id === id);
	}

	/** Makes the record where there is none: from the next start on, what is not in it never began. */
	async open(): Promise<void> {
		if (!this.remembers) await this.#save();
	}

	async accept(command: Command): Promise<void> {
		this.#contents.orders.push({ command, hasBegun: false });
		await this.#save();
	}

	/** Whether it is on disk: what must not stay in doubt is begun only then. */
	begin(order: Order): Promise<boolean> {
		order.hasBegun = true;
		return this.#save();
	}

	/** Keeps what a driver must know of an order after a kill; whether it is on disk. */
	keep(order: Order, evidence: Evidence): Promise<boolean> {
		order.evidence = evidence;
		return this.#save();
	}

	async answer(result: Result): Promise<void> {
		const { orders, answers } = this.#contents;
		const index = orders.findIndex((order) => order.command.id === result.id);
		if (index !== -1) orders.splice(index, 1);
		answers.push({ result, isTold: false });
		if (answers.length > ANSWERS_KEPT) answers.shift();
		await this.#save();
	}

	/** Kept with the next change: telling an answer once more after a restart does no harm. */
	told(id: string): void {
		for (const answer of this.#contents.answers) if (answer.result.id === id) answer.isTold = true;
	}

	#read(): Contents | undefined {
		let text: string;
		try {
			text = readFileSync(this.#file, "utf8");
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
			throw error;
		}
		try {
			const contents: unknown = JSON.parse(text);
			if (Value.Check(Contents, contents)) return contents;
		} catch {
			// Told apart below from a file that can be read.
		}
		renameSync(this.#file, `${this.#file}.unreadable`);
		this.#log.error({ file: this.#file }, "the record of commands under way is unreadable; set aside");
		return undefined;
	}

	/** Changes that come while one write runs share the next. */
	#save(): Promise<boolean> {
		this.#next ??= this.#saving.then(() => {
			this.#next = undefined;
			this.#saving = this.#write();
			return this.#saving;
		});
		return this.#next;
	}

	async #write(): Promise<boolean> {
		try {
			const temporary = `${this.#file}.new`;
			const file = await open(temporary, "w", 0o600);
			try {
				await file.writeFile(JSON.stringify(this.#contents));
				await file.sync();
			} finally {
				await file.close();
			}
			await rename(temporary, this.#file);
			const folder = await open(dirname(this.#file), "r");
			try {
				await folder.sync();
			} finally {
				await folder.close();
			}
			return true;
		} catch (error) {
			// A customer waits for a receipt: with a full disk it is printed all the same, only not remembered.
			this.#log.error({ err: error, file: this.#file }, "commands under way could not be recorded");
			return false;
		}
	}
}
