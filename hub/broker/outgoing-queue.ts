import type { AedesPublishPacket } from "aedes";

/** A message on its way to one session: `sequence` orders it among all that were ever queued, also across restarts. */
export type Queued = { sequence: number; packet: AedesPublishPacket };

/**
 * The QoS 1 messages a session has not acknowledged yet, oldest first. aedes finds them again by the pair it numbers
 * each packet with, later by the message id of the connection; both are looked up, never searched for.
 */
export class OutgoingQueue {
	readonly #byOrigin = new Map<string, Queued>();
	readonly #byMessageId = new Map<number, Queued>();

	get size(): number {
		return this.#byOrigin.size;
	}

	/** False where it is queued already: two filters of one session matched the same message. */
	add(queued: Queued): boolean {
		const origin = originOf(queued.packet);
		if (this.#byOrigin.has(origin)) return false;
		this.#byOrigin.set(origin, queued);
		return true;
	}

	/** Notes the message id under which a queued message was sent. */
	sent(packet: AedesPublishPacket): void {
		const queued = this.#byOrigin.get(originOf(packet));
		if (!queued || packet.messageId === undefined) return;
		const before = queued.packet.messageId;
		if (before !== undefined && this.#byMessageId.get(before) === queued) this.#byMessageId.delete(before);
		queued.packet.messageId = packet.messageId;
		this.#byMessageId.set(packet.messageId, queued);
	}

	acknowledge(messageId: number): Queued | undefined {
		const queued = this.#byMessageId.get(messageId);
		if (queued) this.#remove(queued);
		return queued;
	}

	dropOldest(): Queued | undefined {
		const oldest = this.#byOrigin.values().next().value;
		if (oldest) this.#remove(oldest);
		return oldest;
	}

	all(): Queued[] {
		return [...this.#byOrigin.values()];
	}

	#remove(queued: Queued): void {
		this.#byOrigin.delete(originOf(queued.packet));
		const { messageId } = queued.packet;
		if (messageId !== undefined && this.#byMessageId.get(messageId) === queued) this.#byMessageId.delete(messageId);
	}
}

const originOf = (packet: AedesPublishPacket): string => `${packet.brokerId}:${packet.brokerCounter}`;
