import type { TopicLink } from "../../links/link.ts";
import { bdSeqOf, decodePayload, encodeRebirth, type Place, readPlace, readSeq } from "./sparkplug-codec.ts";

/** A device of devices.yaml that hangs on an edge node. */
export type Member = {
	/** The node was born: what was known of its devices is no longer true. */
	reborn(): void;
	died(): void;
};

/** A message that was overtaken by the next has come within this, or was lost. */
const REORDER_MS = 2000;
/** A node that was born since is asked again no sooner than this, and one that did not answer no sooner than that. */
const ASK_AGAIN_MS = 3000;
const ASK_DEAF_AGAIN_MS = 30_000;
/** A will may overtake the birth of the same connection by so much. */
const OVERTAKEN_MS = 250;
const MISSING_MAX = 32;

/**
 * One edge node, for all of its devices at once: whether it lives, and whether anything of what it said was lost
 * (Sparkplug 3.0 ch. 5). Then it is asked to say everything again, once.
 */
export class EdgeNode {
	readonly #link: TopicLink;
	readonly #place: Pick<Place, "group" | "node">;
	readonly #members = new Set<Member>();
	readonly #missing = new Set<number>();
	#isAlive = false;
	#bdSeq: number | undefined;
	#nextSeq: number | undefined;
	#mayAskAtMs = 0;
	#asking: NodeJS.Timeout | undefined;
	#death: { bdSeq: number | undefined; atMs: number } | undefined;
	#reordering: NodeJS.Timeout | undefined;

	constructor(link: TopicLink, place: Pick<Place, "group" | "node">) {
		this.#link = link;
		this.#place = place;
		// Whoever joins subscribes as well, and is told where that is refused.
		link
			.subscribe(`spBv1.0/${place.group}/+/${place.node}/#`, (topic, payload) => this.#hear(topic, payload))
			.catch(() => undefined);
		void link.gone.then(() => {
			clearTimeout(this.#reordering);
			clearTimeout(this.#asking);
		});
	}

	/** Births are not retained: who comes later asks for them. Returns how to leave. */
	join(member: Member): () => void {
		this.#members.add(member);
		return () => this.#members.delete(member);
	}

	/** Asks the node to say everything again: at once, or as soon as it may be asked again. One request at a time. */
	requestRebirth(): void {
		this.#asking ??= setTimeout(() => this.#ask(), Math.max(0, this.#mayAskAtMs - performance.now()));
	}

	#ask(): void {
		this.#asking = undefined;
		this.#mayAskAtMs = performance.now() + ASK_DEAF_AGAIN_MS;
		const { group, node } = this.#place;
		this.#link.publish(`spBv1.0/${group}/NCMD/${node}`, encodeRebirth(Date.now())).catch(() => undefined);
	}

	#hear(topic: string, payload: Uint8Array): void {
		switch (readPlace(topic)?.type) {
			case "NBIRTH":
				this.#hearBirth(payload);
				break;
			case "NDEATH":
				this.#hearDeath(payload);
				break;
			case "NDATA":
			case "DBIRTH":
			case "DDATA":
			case "DDEATH":
				this.#count(readSeq(payload));
		}
	}

	#hearBirth(payload: Uint8Array): void {
		const birth = decodePayload(payload);
		if ("fault" in birth) {
			this.requestRebirth();
			return;
		}
		const bdSeq = bdSeqOf(birth);
		const death = this.#death;
		if (death && death.bdSeq === bdSeq && performance.now() < death.atMs + OVERTAKEN_MS) {
			// Of the connection that has just ended, or of a node that counts wrongly: who lives answers.
			this.requestRebirth();
			return;
		}
		this.#isAlive = true;
		this.#bdSeq = bdSeq;
		this.#nextSeq = after(birth.seq ?? 0);
		this.#mayAskSoon();
		this.#forgetMissing();
		for (const member of this.#members) member.reborn();
	}

	#hearDeath(payload: Uint8Array): void {
		const death = decodePayload(payload);
		const bdSeq = "fault" in death ? undefined : bdSeqOf(death);
		// The will of an earlier connection, that comes late.
		if (this.#isAlive && bdSeq !== this.#bdSeq) return;
		this.#death = { bdSeq, atMs: performance.now() };
		this.#isAlive = false;
		this.#nextSeq = undefined;
		this.#mayAskSoon();
		this.#forgetMissing();
		for (const member of this.#members) member.died();
	}

	#count(seq: number | undefined): void {
		if (this.#nextSeq === undefined || seq === undefined) {
			this.requestRebirth();
			return;
		}
		if (this.#missing.delete(seq)) {
			if (this.#missing.size === 0) this.#forgetMissing();
			return;
		}
		for (let lost = this.#nextSeq; lost !== seq && this.#missing.size <= MISSING_MAX; lost = after(lost)) {
			this.#missing.add(lost);
		}
		this.#nextSeq = after(seq);
		if (this.#missing.size > 0) this.#reordering ??= setTimeout(() => this.requestRebirth(), REORDER_MS);
	}

	/** What was to be asked was answered by this, or by nobody. */
	#mayAskSoon(): void {
		clearTimeout(this.#asking);
		this.#asking = undefined;
		this.#mayAskAtMs = performance.now() + ASK_AGAIN_MS;
	}

	#forgetMissing(): void {
		this.#missing.clear();
		clearTimeout(this.#reordering);
		this.#reordering = undefined;
	}
}

const after = (seq: number): number => (seq + 1) % 256;
