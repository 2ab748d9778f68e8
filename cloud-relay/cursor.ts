import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { EventId } from "@kassahub/contracts/fields.ts";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";

const Position = Type.Object({ box: EventId, number: Type.Integer({ minimum: 0 }) });
type Position = Static<typeof Position>;
const validator = Compile(Position);

/**
 * How far the cloud was, by what this relay last heard. It only saves a probe from starting at the first row:
 * the cloud's own word is the truth, so a lost, old or damaged file does no harm.
 */
export class Cursor {
	readonly #file: string;
	readonly #box: string;
	#number: number;

	constructor(file: string, box: string) {
		this.#file = file;
		this.#box = box;
		this.#number = readPosition(file, box);
	}

	get number(): number {
		return this.#number;
	}

	/** Keeps `number` in the file, written aside and renamed so that a power cut leaves the old one or the new one. */
	keep(number: number): void {
		if (number === this.#number) return;
		this.#number = number;
		const position: Position = { box: this.#box, number };
		mkdirSync(dirname(this.#file), { recursive: true });
		writeFileSync(`${this.#file}.new`, `${JSON.stringify(position)}\n`);
		renameSync(`${this.#file}.new`, this.#file);
	}
}

function readPosition(file: string, box: string): number {
	try {
		const position: unknown = JSON.parse(readFileSync(file, "utf8"));
		return validator.Check(position) && position.box === box ? position.number : 0;
	} catch {
		// Absent or damaged: the cloud says where to go on.
		return 0;
	}
}
