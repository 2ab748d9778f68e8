import { setTimeout as wait } from "node:timers/promises";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { JournalError } from "../journal/journal-error.ts";
import type { Books } from "./books.ts";

const LOOK_MS = 60 * 60 * 1000;
/** Between two small moves sales go first. */
const PAUSE_MS = 250;
const DAY_MS = 24 * 60 * 60 * 1000;

export type RetentionParts = {
	books: Pick<Books, "archive">;
	/** How many days rows stay in `journal.db`; undefined keeps them all there. */
	keepDays(): number | undefined;
	relay: { state(): RelayState | undefined };
	clock: Clock;
	log: Logger;
	pauseMs?: number;
};

/** Moves what the cloud has, and what is old, out of the journal's own file: an hour's look, a few rows at a time. */
export class Retention {
	readonly #parts: RetentionParts;
	readonly #leaving = new AbortController();
	#timer: NodeJS.Timeout | undefined;
	#looking: Promise<void> = Promise.resolve();

	constructor(parts: RetentionParts) {
		this.#parts = parts;
	}

	start(): void {
		this.#timer = setInterval(() => {
			this.#looking = this.look();
		}, LOOK_MS);
		this.#timer.unref();
	}

	/** Resolves when nothing more is due. */
	async look(): Promise<void> {
		const { books, keepDays, relay, clock, log, pauseMs = PAUSE_MS } = this.#parts;
		const days = keepDays();
		const heard = relay.state();
		// A relay that stopped has found that the cloud's rows are not ours.
		if (days === undefined || heard === undefined || heard.state === "stopped") return;
		const before = new Date(clock.epochMs() - days * DAY_MS).toISOString();
		let moved = 0;
		try {
			for (;;) {
				const some = await books.archive(heard.acknowledged, before);
				moved += some;
				if (some === 0 || this.#leaving.signal.aborted) break;
				await wait(pauseMs, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
			}
		} catch (error) {
			if (!(error instanceof JournalError)) throw error;
			log.warn({ code: error.code, reason: error.message }, "old rows could not be archived; tried again in an hour");
		}
		if (moved > 0) log.info({ rows: moved, before }, "old rows archived");
	}

	async close(): Promise<void> {
		clearInterval(this.#timer);
		this.#leaving.abort();
		await this.#looking;
	}
}
