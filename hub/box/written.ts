const HOUR_MS = 3_600_000;
const NOTE_EVERY_MS = 60_000;

/** Bytes that the hub and its parts had written to disk: in all, and in the last hour. */
export class Written {
	/** By process: a part that is started again counts from 0. */
	#last = new Map<number, number>();
	readonly #startMs: number;
	readonly #notes: { ms: number; bytes: number }[];
	#bytes = 0;

	constructor(nowMs: number) {
		this.#startMs = nowMs;
		this.#notes = [{ ms: nowMs, bytes: 0 }];
	}

	/** `written`: what each living process had written so far. */
	look(nowMs: number, written: ReadonlyMap<number, number>): void {
		for (const [pid, bytes] of written) this.#bytes += Math.max(0, bytes - (this.#last.get(pid) ?? 0));
		this.#last = new Map(written);
		if (nowMs - (this.#notes.at(-1)?.ms ?? 0) >= NOTE_EVERY_MS) this.#notes.push({ ms: nowMs, bytes: this.#bytes });
		// The oldest note kept is the last one that is an hour old.
		while (this.#notes[1] && nowMs - this.#notes[1].ms >= HOUR_MS) this.#notes.shift();
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Undefined in the first minute, of which no hour can be told. */
	perHour(nowMs: number): number | undefined {
		const since = this.#notes[0];
		if (!since || nowMs - this.#startMs < NOTE_EVERY_MS) return undefined;
		return Math.round(((this.#bytes - since.bytes) * HOUR_MS) / (nowMs - since.ms));
	}
}
