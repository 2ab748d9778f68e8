import type { Account } from "../pairing/accounts.ts";

const TOPIC_BYTES_MAX = 256;
const LEVELS_MAX = 10;
export const FOREIGN_PAYLOAD_BYTES_MAX = 64 * 1024;
/** A sensor hears what it is commanded by and little else; the bridge hears every sensor in the shop. */
const FILTERS_PER_SENSOR_MAX = 256;

/**
 * Whether a topic or filter is one of third-party sensors: Home Assistant, Tasmota, Zigbee2MQTT, Shelly, Sparkplug,
 * ESPHome's own prefix. None of the contract, none of the broker, and no wildcard in front: what a foreign filter hears
 * can never be a message of the contract.
 */
export function isForeign(topic: string): boolean {
	if (topic.length > TOPIC_BYTES_MAX || Buffer.byteLength(topic) > TOPIC_BYTES_MAX) return false;
	const levels = topic.split("/");
	const [root = ""] = levels;
	return levels.length <= LEVELS_MAX && root !== "" && root !== "kassahub" && !/^[$+#]/.test(root);
}

/** Who speaks with third-party sensors: they themselves, and the bridge that adopts them. */
const speaksForeign = ({ kind }: Account): boolean => kind === "sensor" || kind === "bridge";

export const mayUseForeign = (account: Account, topic: string): boolean => speaksForeign(account) && isForeign(topic);

type Filters = { readonly size: number; has(filter: string): boolean };

/** Whether a client that has these filters may have another. */
export const mayAddFilter = ({ kind }: Account, filters: Filters, filter: string): boolean =>
	kind !== "sensor" || filters.has(filter) || filters.size < FILTERS_PER_SENSOR_MAX;

/** A message costs one, and one more for each of these: a long one keeps the broker as busy as many short ones. */
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
export class ForeignPace {
	readonly #lanes = new Map<string, Lane>();
	readonly #now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** Calls `go` as soon as a message of this length may pass: at once, unless its account said too much of late. */
	pass({ name }: Account, payloadBytes: number, go: () => void): void {
		const nowMs = this.#now();
		const lane = this.#lanes.get(name) ?? { tokens: TOKENS_MAX, atMs: nowMs, waiting: [], timer: undefined };
		this.#lanes.set(name, lane);
		const earned = ((nowMs - lane.atMs) * TOKENS_A_SECOND) / 1000;
		lane.tokens = Math.min(TOKENS_MAX, lane.tokens + earned) - 1 - payloadBytes / BYTES_A_TOKEN;
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
			Math.ceil(next.dueMs - this.#now()),
		).unref();
	}
}
