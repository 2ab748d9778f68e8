import type { Account } from "../pairing/accounts.ts";

/** A message costs this, and one more for each kibibyte: a long one keeps the broker as busy as many short ones. */
export const MESSAGE_TOKENS = 1;
/** A reading, which is stored nowhere, costs a tenth. */
export const READING_TOKENS = 0.1;
const BYTES_A_TOKEN = 1024;
/** Five hundred sensors of one gateway may each say four things a second. */
const TOKENS_A_SECOND = 2000;
/** What they say at once when the power is back. */
const TOKENS_MAX = 8000;

type Waiting = { go: () => void; dueMs: number };
type Lane = { tokens: number; atMs: number; waiting: Waiting[]; timer: NodeJS.Timeout | undefined };

/**
 * How fast each account's messages pass, in their order. A sensor that floods is slowed down by its own connection: the
 * broker reads no more of it while an answer is due, so that nothing is gathered anywhere (invariant 9).
 */
export class SensorPace {
	readonly #lanes = new Map<string, Lane>();
	readonly #now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** Calls `go` as soon as a message of this length may pass: at once, unless its account said too much of late. */
	pass({ name }: Account, payloadBytes: number, go: () => void, tokens = MESSAGE_TOKENS): void {
		const nowMs = this.#now();
		const lane = this.#lanes.get(name) ?? { tokens: TOKENS_MAX, atMs: nowMs, waiting: [], timer: undefined };
		this.#lanes.set(name, lane);
		const earned = ((nowMs - lane.atMs) * TOKENS_A_SECOND) / 1000;
		lane.tokens = Math.min(TOKENS_MAX, lane.tokens + earned) - tokens - payloadBytes / BYTES_A_TOKEN;
		lane.atMs = nowMs;
		if (lane.tokens >= 0 && lane.waiting.length === 0) go();
		else lane.waiting.push({ go, dueMs: nowMs + (Math.max(0, -lane.tokens) * 1000) / TOKENS_A_SECOND });
		this.#await(lane);
	}

	forget(name: string): void {
		this.#lanes.delete(name);
	}

	#await(lane: Lane): void {
		const [next] = lane.waiting;
		if (!next || lane.timer) return;
		lane.timer = setTimeout(
			() => {
				lane.timer = undefined;
				const nowMs = this.#now();
				const rest = lane.waiting.findIndex(({ dueMs }) => dueMs > nowMs);
				for (const { go } of lane.waiting.splice(0, rest < 0 ? lane.waiting.length : rest)) go();
				this.#await(lane);
			},
			Math.max(1, Math.ceil(next.dueMs - this.#now())),
		).unref();
	}
}
