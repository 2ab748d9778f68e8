import type { SessionLog } from "./session-log.ts";

/** A Zigbee gateway with hundreds of devices retains a dozen topics for each, most of them of a kilobyte or less. */
const TOPICS_PER_ACCOUNT_MAX = 10_000;
const BYTES_PER_ACCOUNT_MAX = 8 * 1024 * 1024;
/** What sensors retain changes all day long, and an SD card wears: they say it again when they find the broker back. */
const WRITE_EVERY_MS = 60_000;

type Held = { account: string; bytes: number };
type Usage = { topics: number; bytes: number };

/** Whose each retained topic of third-party sensors is, within which bounds, and which of them the disk has yet to get. */
export class ForeignRetained {
	readonly #disk: Pick<SessionLog, "put">;
	readonly #payloadOf: (topic: string) => Uint8Array | undefined;
	readonly #held = new Map<string, Held>();
	readonly #used = new Map<string, Usage>();
	readonly #unwritten = new Set<string>();
	#timer: NodeJS.Timeout | undefined;

	/** `payloadOf`: what a topic retains now. */
	constructor(disk: Pick<SessionLog, "put">, payloadOf: (topic: string) => Uint8Array | undefined) {
		this.#disk = disk;
		this.#payloadOf = payloadOf;
	}

	/**
	 * Whether an account may retain this, and then it is counted as retained: many may be on their way to be stored at
	 * once. What the account had there makes room; an empty payload clears the topic and is always allowed.
	 */
	admit(account: string, topic: string, payload: Uint8Array): boolean {
		const before = this.#held.get(topic);
		const used = this.#used.get(account) ?? { topics: 0, bytes: 0 };
		const own = before?.account === account ? before : undefined;
		const bytes = sizeOf(topic, payload);
		const topicsThen = used.topics + (own ? 0 : 1);
		const bytesThen = used.bytes - (own?.bytes ?? 0) + bytes;
		const isClearing = payload.length === 0;
		if (!isClearing && (topicsThen > TOPICS_PER_ACCOUNT_MAX || bytesThen > BYTES_PER_ACCOUNT_MAX)) return false;
		if (own && Buffer.compare(payload, this.#payloadOf(topic) ?? Buffer.alloc(0)) === 0) return true;
		this.#drop(topic);
		if (!isClearing) this.#add(topic, { account, bytes });
		this.#write(topic);
		return true;
	}

	/** Counts what an earlier run stored. */
	load(account: string, topic: string, payload: Uint8Array): void {
		this.#add(topic, { account, bytes: sizeOf(topic, payload) });
	}

	/** Gives up all that an account retained, and names the topics. */
	forget(account: string): string[] {
		const topics = [...this.#held].filter(([, held]) => held.account === account).map(([topic]) => topic);
		for (const topic of topics) {
			this.#drop(topic);
			this.#write(topic);
		}
		return topics;
	}

	/** Hands over to the disk what it has not got yet. */
	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		for (const topic of this.#unwritten) {
			const account = this.#held.get(topic)?.account;
			const payload = this.#payloadOf(topic);
			// Admitted and not there yet: the next flush finds it.
			if (account !== undefined && !payload) continue;
			this.#unwritten.delete(topic);
			this.#disk.put(
				`foreign ${topic}`,
				account !== undefined && payload ? ["putForeign", topic, payload, account] : ["deleteForeign", topic],
			);
		}
	}

	#write(topic: string): void {
		this.#unwritten.add(topic);
		this.#timer ??= setTimeout(() => this.flush(), WRITE_EVERY_MS).unref();
	}

	#add(topic: string, held: Held): void {
		this.#held.set(topic, held);
		this.#count(held.account, 1, held.bytes);
	}

	#drop(topic: string): void {
		const held = this.#held.get(topic);
		if (!held) return;
		this.#held.delete(topic);
		this.#count(held.account, -1, -held.bytes);
	}

	#count(account: string, topics: number, bytes: number): void {
		const used = this.#used.get(account) ?? { topics: 0, bytes: 0 };
		const next = { topics: used.topics + topics, bytes: used.bytes + bytes };
		if (next.topics === 0) this.#used.delete(account);
		else this.#used.set(account, next);
	}
}

/** What a topic costs in memory, about: its name twice, for the map and its levels, and its payload. */
const sizeOf = (topic: string, payload: Uint8Array): number => 2 * topic.length + payload.length;
