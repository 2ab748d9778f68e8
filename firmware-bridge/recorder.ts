import { mkdirSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Trace } from "@kassahub/contracts/trace.ts";
import type { Logger } from "pino";
import { Compile } from "typebox/compile";
import type { Splitter } from "./drivers/exchange.ts";
import { type Wire, WireError } from "./drivers/wire.ts";
import type { Direction, Tap } from "./links/link.ts";

/** So much is kept of a device: minutes of trouble, and a few hundred kB of memory at most. */
const FRAMES_KEPT = 200;
const FRAME_BYTES_KEPT = 512;
/** A poll is a dialogue of several frames: so far back a frame may stand that this one repeats. */
const CYCLE_FRAMES_MAX = 12;
/** A flash card wears by writing: what was kept goes to disk when something went wrong, and no more often than this. */
const SAVE_EVERY_MS = 60_000;

/** What a frame says, or why it can't be read. */
type Told = Pick<Trace, "explained"> | Pick<Trace, "unreadable">;

type Frame = {
	at: string;
	direction: Direction;
	bytes: Uint8Array;
	length: number;
	times: number;
	/** Of a frame that is kept cut: what the whole of it said. */
	told?: Told;
};

const validator = Compile(Trace);

const isSame = (frame: Frame, bytes: Uint8Array, length: number): boolean =>
	frame.length === length && Buffer.compare(frame.bytes, bytes) === 0;

/**
 * A device's flight recorder: its last frames in and out, masked before they are kept. A frame that repeats one of a
 * moment ago is counted, not kept again: a scale that is polled all day must not push out what happened before.
 */
export class Recorder {
	readonly #device: string;
	readonly #wire: Wire;
	readonly #file: string;
	readonly #log: Logger;
	#frames: Frame[] = [];
	/** What an earlier run of the bridge left on disk. */
	readonly #earlier: Trace[];
	#splitters: Record<Direction, Splitter<Uint8Array>> | undefined;
	#follower: ((trace: Trace) => void) | undefined;
	#savedAt = Number.NEGATIVE_INFINITY;
	#saving: Promise<void> = Promise.resolve();

	constructor({ device, wire, file, log }: { device: string; wire: Wire; file: string; log: Logger }) {
		this.#device = device;
		this.#wire = wire;
		this.#file = file;
		this.#log = log;
		this.#earlier = this.#load();
	}

	/** The ear for a new connection: a frame that the last one broke off does not go on in this. */
	tap(): Tap {
		const splitters = { in: this.#wire.frames("in"), out: this.#wire.frames("out") };
		this.#splitters = splitters;
		return (direction, bytes) => {
			if (this.#splitters !== splitters) return;
			for (const frame of splitters[direction].push(bytes)) this.#keep(direction, frame);
		};
	}

	/** What is kept, the oldest first. */
	traces(): Trace[] {
		return [...this.#earlier, ...this.#frames.map((frame) => this.#traceOf(frame))].slice(-FRAMES_KEPT);
	}

	/** Tells every further frame to one follower, until it is replaced or taken away. */
	follow(follower: ((trace: Trace) => void) | undefined): void {
		this.#follower = follower;
	}

	/** Puts what is kept on disk, unless that was done a moment ago. */
	save(): Promise<void> {
		if (this.#frames.length === 0 || performance.now() - this.#savedAt < SAVE_EVERY_MS) return this.#saving;
		this.#savedAt = performance.now();
		const text = this.traces()
			.map((trace) => `${JSON.stringify(trace)}\n`)
			.join("");
		this.#saving = this.#saving.then(() => this.#write(text));
		return this.#saving;
	}

	#keep(direction: Direction, whole: Uint8Array): void {
		const masked = this.#wire.mask?.(whole, direction) ?? whole;
		const bytes = Uint8Array.prototype.slice.call(masked, 0, FRAME_BYTES_KEPT);
		const again = this.#frames
			.slice(-CYCLE_FRAMES_MAX)
			.find((frame) => frame.direction === direction && isSame(frame, bytes, masked.length));
		if (again) {
			again.times++;
			return;
		}
		const at = new Date().toISOString();
		const frame: Frame = { at, direction, bytes, length: masked.length, times: 1 };
		if (masked.length > bytes.length) frame.told = this.#read(masked, direction);
		this.#frames.push(frame);
		if (this.#frames.length > FRAMES_KEPT) this.#frames.shift();
		this.#follower?.(this.#traceOf(frame));
	}

	#traceOf({ at, direction, bytes, length, times, told }: Frame): Trace {
		const hex = Buffer.from(bytes).toString("hex");
		const trace: Trace = { device: this.#device, at, direction, hex, bytes: length };
		if (times > 1) trace.times = times;
		return { ...trace, ...(told ?? this.#read(bytes, direction)) };
	}

	#read(bytes: Uint8Array, direction: Direction): Told {
		try {
			return { explained: this.#wire.explain(bytes, direction) };
		} catch (error) {
			if (!(error instanceof WireError)) throw error;
			return { unreadable: error.message };
		}
	}

	#load(): Trace[] {
		try {
			return readFileSync(this.#file, "utf8")
				.split("\n")
				.filter((line) => line !== "")
				.map((line) => JSON.parse(line) as unknown)
				.filter((value) => validator.Check(value));
		} catch {
			// Absent at first, cut off by a power cut: what was recorded is a help, never a need.
			return [];
		}
	}

	async #write(text: string): Promise<void> {
		try {
			mkdirSync(dirname(this.#file), { recursive: true });
			await writeFile(`${this.#file}.new`, text, { mode: 0o600 });
			await rename(`${this.#file}.new`, this.#file);
		} catch (error) {
			this.#log.warn({ err: error }, "the flight recorder could not be saved");
		}
	}
}
