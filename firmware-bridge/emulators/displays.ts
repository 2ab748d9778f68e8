import { EventEmitter } from "node:events";
import { characterOf } from "./code-pages.ts";
import { SerialCable } from "./pty.ts";

const COLUMNS = 20;
const ESC = 0x1b;
const US = 0x1f;
const CR = 0x0d;

const kinds = ["cd5220", "escpos"] as const;
export type DisplayKind = (typeof kinds)[number];

export const isDisplayKind = (name: string): name is DisplayKind => kinds.some((kind) => kind === name);

/** A customer display of two lines of twenty, written from the protocol sheet, part B. It says nothing. */
export class EmulatedDisplay extends EventEmitter<{ changed: [] }> {
	readonly #kind: DisplayKind;
	#screen = blank();
	#column = 0;
	#row = 0;
	#page = 0;
	/** CD5220: after ESC Q only ESC Q and CLR are heard. */
	#hearsLinesOnly = false;
	#begun: number[] = [];

	constructor(kind: DisplayKind) {
		super();
		this.#kind = kind;
	}

	get lines(): [string, string] {
		const [upper = [], lower = []] = this.#screen;
		return [upper.join(""), lower.join("")];
	}

	/** Off and on again: everything it was told is forgotten. */
	switchOffAndOn(): void {
		this.#initialise();
		this.emit("changed");
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) {
			this.#begun.push(byte);
			const used = this.#obey(this.#begun);
			if (used) this.#begun = [];
		}
		this.emit("changed");
	}

	/** Whether the bytes were a command, or a character, and were obeyed or passed over. */
	#obey(bytes: readonly number[]): boolean {
		const [first = 0, second, third, fourth] = bytes;
		if (first >= 0x20) return this.#done(() => this.#type(first));
		if (first === 0x0c) {
			this.#hearsLinesOnly = false;
			return this.#done(() => this.#clear());
		}
		if (first === US && this.#kind === "escpos") return this.#obeyUs(bytes);
		if (first !== ESC) return this.#done(() => this.#move(first));
		if (second === undefined) return false;
		if (second === 0x51 && this.#kind === "cd5220") return this.#obeyLine(bytes);
		if (second === 0x40) return this.#done(() => this.#initialise());
		if (third === undefined && [0x74, 0x5f, 0x6c, 0x5b].includes(second)) return false;
		if (second === 0x74) return this.#done(() => this.#select(third ?? 0));
		if (second !== 0x6c || this.#kind !== "cd5220") return true;
		if (fourth === undefined) return false;
		return this.#done(() => this.#place(third ?? 1, fourth));
	}

	/** ESC Q A|B, up to twenty characters, CR; what has no CR is given up. */
	#obeyLine(bytes: readonly number[]): boolean {
		const [, , which] = bytes;
		if (bytes.length > 2 * COLUMNS) return true;
		if (which === undefined || bytes.at(-1) !== CR) return false;
		this.#hearsLinesOnly = true;
		const row = which - 0x41;
		if (row !== 0 && row !== 1) return true;
		this.#screen[row] = [...bytes.slice(3, -1).map((byte) => characterOf(this.#page, byte)), ...emptyLine()].slice(
			0,
			COLUMNS,
		);
		return true;
	}

	#obeyUs([, second, third, fourth]: readonly number[]): boolean {
		if (second === undefined || third === undefined) return false;
		if (second !== 0x24) return true;
		if (fourth === undefined) return false;
		return this.#done(() => this.#place(third, fourth));
	}

	#done(deed: () => void): boolean {
		if (!this.#hearsLinesOnly) deed();
		return true;
	}

	#type(byte: number): void {
		const line = this.#screen[this.#row];
		if (line) line[this.#column] = characterOf(this.#page, byte);
		this.#column++;
		if (this.#column < COLUMNS) return;
		this.#column = 0;
		this.#row = 1 - this.#row;
	}

	#move(byte: number): void {
		if (byte === 0x0b) this.#place(1, 1);
		if (byte === CR) this.#column = 0;
		if (byte === 0x0a) this.#row = 1 - this.#row;
		if (byte === 0x08) this.#column = Math.max(0, this.#column - 1);
		if (byte === 0x18) this.#screen[this.#row] = emptyLine();
	}

	#place(column: number, row: number): void {
		if (column < 1 || column > COLUMNS || row < 1 || row > 2) return;
		this.#column = column - 1;
		this.#row = row - 1;
	}

	#select(page: number): void {
		this.#page = page;
	}

	#clear(): void {
		this.#screen = blank();
		this.#place(1, 1);
	}

	#initialise(): void {
		this.#hearsLinesOnly = false;
		this.#page = 0;
		this.#begun = [];
		this.#clear();
	}
}

const emptyLine = (): string[] => Array.from({ length: COLUMNS }, () => " ");
const blank = (): string[][] => [emptyLine(), emptyLine()];

export type DisplayOnCable = EmulatedDisplay & {
	path: string;
	unplug(): Promise<void>;
	replug(): Promise<void>;
	close(): Promise<void>;
};

/** Starts a display at the end of a serial cable whose port appears at `path`. */
export async function startDisplay({ path, kind }: { path: string; kind: DisplayKind }): Promise<DisplayOnCable> {
	const display = new EmulatedDisplay(kind);
	const cable = new SerialCable(path, (bytes) => display.receive(bytes));
	await cable.plugIn();
	return Object.assign(display, {
		path,
		unplug: () => cable.unplug(),
		replug: () => cable.plugIn(),
		close: () => cable.unplug(),
	});
}
