import { Readable } from "node:stream";
import type { Aedes, AedesPublishPacket, Client, Subscription } from "aedes";
import type { Logger } from "pino";
import type { Account } from "../pairing/accounts.ts";
import { matches, maySubscribe, routeOf } from "./access.ts";
import type { Audience } from "./audience.ts";
import { mayAddFilter } from "./filters.ts";
import { isForeign, mayUseForeign } from "./foreign.ts";
import { ForeignRetained } from "./foreign-retained.ts";
import { OutgoingQueue, type Queued } from "./outgoing-queue.ts";
import { RetainedTopics } from "./retained-topics.ts";
import { SessionLog } from "./session-log.ts";
import { readSessionStore, type StoredSessions } from "./session-store.ts";

/** A session that is away longer than this many messages loses the oldest: each of them can be asked for again. */
const QUEUED_MAX = 10_000;
const TOPICS_REMEMBERED_MAX = 10_000;
/** The origin of packets of an earlier run: aedes numbers its own under an id that is new at each start. */
const EARLIER_RUN = "earlier-run";

type Session = { account: string; filters: Map<string, 0 | 1 | 2>; queue: OutgoingQueue; isOverflowing: boolean };
/** A last will, and whose it is: its client may never have come back since the hub was killed. */
export type Will = AedesPublishPacket & { clientId: string; account: string };
type Options = {
	file: string;
	log: Logger;
	audience: Audience;
	accountOf: (client: Client) => Account | undefined;
	accountNamed: (name: string) => Account | undefined;
};

/**
 * aedes' persistence: looked up in memory, written behind to SQLite. Stored are the subscriptions and queues of
 * sessions that outlive their connection, wills, and what devices retained. What the hub itself retains is made anew
 * at each start from the books and never touches the disk.
 */
export class Sessions {
	readonly #sessions = new Map<string, Session>();
	readonly #retained = new RetainedTopics();
	readonly #incoming = new Map<string, Set<number>>();
	readonly #wills = new Map<string, Will>();
	readonly #subscribersByTopic = new Map<string, { clientId: string; topic: string; qos: 0 | 1 | 2 }[]>();
	readonly #options: Options;
	readonly #disk: SessionLog;
	readonly #foreign: ForeignRetained;
	#sequence = 0;

	constructor(options: Options) {
		this.#options = options;
		const { stored, isFresh } = readSessionStore(options.file);
		if (isFresh) options.log.error({ file: options.file }, "stored sessions were damaged and are put aside");
		this.#disk = new SessionLog(options.file, options.log);
		this.#foreign = new ForeignRetained(this.#disk, (topic) => this.#retained.get(topic)?.payload as Buffer);
		this.#load(stored);
	}

	/** The account a stored session belongs to. */
	ownerOf(clientId: string): string | undefined {
		return this.#sessions.get(clientId)?.account;
	}

	countOf(account: string): number {
		let count = 0;
		for (const session of this.#sessions.values()) if (session.account === account) count++;
		return count;
	}

	/** Whether an account may retain this on a topic of third-party sensors: not the last will of a revoked one. */
	admitForeign({ name }: Account, topic: string, payload: Uint8Array): boolean {
		return this.#options.accountNamed(name) !== undefined && this.#foreign.admit(name, topic, payload);
	}

	/** Ends every stored session of an account that is no more, so that its name can be given to another. */
	forgetAccount(account: string): void {
		for (const topic of this.#foreign.forget(account)) this.#retained.delete(topic);
		for (const [clientId, session] of this.#sessions) if (session.account === account) this.forget(clientId);
	}

	forget(clientId: string): void {
		const session = this.#sessions.get(clientId);
		if (!session) return;
		this.#removeFilters(clientId, session, [...session.filters.keys()]);
		for (const queued of session.queue.all()) this.#unqueue(queued);
		this.#sessions.delete(clientId);
	}

	async close(): Promise<void> {
		this.#foreign.flush();
		await this.#disk.close();
	}

	// What follows is the interface aedes calls (aedes-persistence, asynchronous form).

	async setup(_broker: Aedes): Promise<void> {}

	async storeRetained(packet: AedesPublishPacket): Promise<void> {
		const { topic, qos } = packet;
		// The hub makes its own anew at each start; what sensors retain has a slower way to the disk.
		const isKeptElsewhere = routeOf(topic)?.message.from.every((party) => party === "hub") ?? isForeign(topic);
		if (packet.payload.length === 0) {
			this.#retained.delete(topic);
			if (!isKeptElsewhere) this.#disk.put(`retained ${topic}`, ["deleteRetained", topic]);
			return;
		}
		this.#retained.set(topic, { ...packet });
		if (!isKeptElsewhere) this.#disk.put(`retained ${topic}`, ["putRetained", topic, packet.payload as Buffer, qos]);
	}

	createRetainedStreamCombi(filters: string[]): Readable {
		return Readable.from(this.#retainedMatching(filters));
	}

	*#retainedMatching(filters: string[]): Generator<AedesPublishPacket> {
		for (const filter of filters) yield* this.#retained.matching(filter);
	}

	/** Resolves once it is on disk, so that a SUBACK promises a session that survives. */
	async addSubscriptions(client: Client, subscriptions: Subscription[]): Promise<void> {
		const account = this.#options.accountOf(client);
		if (!account) return;
		for (const { topic, qos } of subscriptions) {
			// aedes hands over the whole SUBSCRIBE, with the filters that were refused.
			if (!maySubscribe(account, topic)) continue;
			if (!mayAddFilter(account, this.#sessions.get(client.id)?.filters ?? new Map(), topic)) continue;
			this.#addFilter(client.id, account.name, topic, qos);
			this.#disk.put(`filter ${client.id} ${topic}`, ["putSubscription", client.id, topic, account.name, qos]);
		}
		await this.#disk.flushed();
	}

	async removeSubscriptions(client: Client, filters: string[]): Promise<void> {
		const session = this.#sessions.get(client.id);
		if (!session) return;
		this.#removeFilters(client.id, session, filters);
		if (session.filters.size === 0) this.forget(client.id);
		await this.#disk.flushed();
	}

	async subscriptionsByClient(client: { id: string }): Promise<Subscription[]> {
		const filters = this.#sessions.get(client.id)?.filters ?? [];
		return [...filters].map(([topic, qos]) => ({ topic, qos }));
	}

	async subscriptionsByTopic(topic: string): Promise<{ clientId: string; topic: string; qos: 0 | 1 | 2 }[]> {
		let subscribers = this.#subscribersByTopic.get(topic);
		if (!subscribers) {
			subscribers = [];
			const levels = topic.split("/");
			for (const [clientId, { filters }] of this.#sessions) {
				for (const [filter, qos] of filters) {
					if (qos > 0 && matches(filter.split("/"), levels)) subscribers.push({ clientId, topic: filter, qos });
				}
			}
			if (this.#subscribersByTopic.size >= TOPICS_REMEMBERED_MAX) this.#subscribersByTopic.clear();
			this.#subscribersByTopic.set(topic, subscribers);
		}
		return subscribers;
	}

	/** [MQTT-3.1.2-6]: a clean session begins with nothing of the one before, its queue included. */
	async cleanSubscriptions(client: { id: string }): Promise<void> {
		if (!this.#sessions.has(client.id)) return;
		this.forget(client.id);
		await this.#disk.flushed();
	}

	async outgoingEnqueue(subscriber: { clientId: string }, packet: AedesPublishPacket): Promise<void> {
		this.#enqueue(subscriber.clientId, packet);
	}

	async outgoingEnqueueCombi(subscribers: { clientId: string }[], packet: AedesPublishPacket): Promise<void> {
		for (const { clientId } of subscribers) this.#enqueue(clientId, packet);
	}

	async outgoingUpdate(client: { id: string }, packet: AedesPublishPacket): Promise<void> {
		// Nothing is sent at QoS 2, and what was dropped from a full queue is still delivered where it can be.
		this.#sessions.get(client.id)?.queue.sent(packet);
	}

	async outgoingClearMessageId(
		client: { id: string },
		{ messageId }: { messageId?: number },
	): Promise<AedesPublishPacket | undefined> {
		if (messageId === undefined) return undefined;
		const queued = this.#sessions.get(client.id)?.queue.acknowledge(messageId);
		if (queued) this.#unqueue(queued);
		return queued?.packet;
	}

	outgoingStream(client: { id: string }): Readable {
		return Readable.from(
			this.#sessions
				.get(client.id)
				?.queue.all()
				.map(({ packet }) => packet) ?? [],
		);
	}

	// QoS 2 towards the hub: which message ids wait for their PUBREL. After a restart a repeated one is submitted again,
	// which the books answer with the first booking and a device with the first result.

	async incomingStorePacket(client: { id: string }, { messageId }: { messageId: number }): Promise<void> {
		const held = this.#incoming.get(client.id);
		if (held) held.add(messageId);
		else this.#incoming.set(client.id, new Set([messageId]));
	}

	async incomingGetPacket(client: { id: string }, packet: { messageId: number }): Promise<object> {
		if (!this.#incoming.get(client.id)?.has(packet.messageId)) throw new Error("no such packet");
		return packet;
	}

	async incomingDelPacket(client: { id: string }, { messageId }: { messageId: number }): Promise<void> {
		this.#incoming.get(client.id)?.delete(messageId);
	}

	async cleanIncoming(client: { id: string }): Promise<void> {
		this.#incoming.delete(client.id);
	}

	async putWill(client: Client, packet: AedesPublishPacket): Promise<void> {
		const account = this.#options.accountOf(client);
		if (!account) return;
		const { topic, payload, qos, retain } = packet;
		this.#wills.set(client.id, { ...packet, clientId: client.id, account: account.name, brokerId: "" });
		this.#disk.put(`will ${client.id}`, [
			"putWill",
			client.id,
			account.name,
			topic,
			payload as Buffer,
			qos,
			Number(retain),
		]);
	}

	async delWill(client: { id: string }): Promise<Will | undefined> {
		const will = this.#wills.get(client.id);
		if (!will) return undefined;
		this.#wills.delete(client.id);
		this.#disk.put(`will ${client.id}`, ["deleteWill", client.id]);
		return will;
	}

	/**
	 * The wills of an earlier run that ended without closing: their clients never came back. aedes would tell them by
	 * wall time, and a clock that is set right after the start would then declare every device dead (invariant 10).
	 */
	streamWill(): Readable {
		return Readable.from([...this.#wills.values()].filter((will) => will.brokerId === EARLIER_RUN));
	}

	#load({ retained, foreign, subscriptions, outgoing, wills }: StoredSessions): void {
		const { accountNamed } = this.#options;
		for (const { topic, payload, account: name } of foreign) {
			const account = accountNamed(name);
			if (account && mayUseForeign(account, topic)) {
				this.#foreign.load(name, topic, payload);
				const packet = packetOf({ topic, payload, qos: 0, retain: true });
				this.#retained.set(topic, packet);
			} else this.#disk.put(`foreign ${topic}`, ["deleteForeign", topic]);
		}
		for (const { topic, payload, qos } of retained) {
			if (routeOf(topic)?.message.retain) {
				const packet = packetOf({ topic, payload, qos, retain: true });
				this.#retained.set(topic, packet);
			} else this.#disk.put(`retained ${topic}`, ["deleteRetained", topic]);
		}
		// Pairings may have changed while the hub was down.
		for (const { client, filter, account: name, qos } of subscriptions) {
			const account = accountNamed(name);
			if (account && maySubscribe(account, filter)) this.#addFilter(client, name, filter, qos as 0 | 1 | 2);
			else this.#disk.put(`filter ${client} ${filter}`, ["deleteSubscription", client, filter]);
		}
		for (const { sequence, client, topic, payload } of outgoing) {
			this.#sequence = sequence;
			const packet = packetOf({ topic, payload, qos: 1, retain: false });
			packet.brokerCounter = sequence;
			const session = this.#sessions.get(client);
			if (session) session.queue.add({ sequence, packet });
			else this.#unqueue({ sequence, packet });
		}
		for (const { client, account: name, topic, payload, qos, retain } of wills) {
			const packet = packetOf({ topic, payload, qos, retain: retain === 1 });
			if (accountNamed(name)) this.#wills.set(client, { ...packet, clientId: client, account: name });
			else this.#disk.put(`will ${client}`, ["deleteWill", client]);
		}
	}

	#addFilter(clientId: string, account: string, filter: string, qos: 0 | 1 | 2): void {
		let session = this.#sessions.get(clientId);
		if (!session) {
			session = { account, filters: new Map(), queue: new OutgoingQueue(), isOverflowing: false };
			this.#sessions.set(clientId, session);
		}
		if (!session.filters.has(filter)) this.#options.audience.add(filter);
		session.filters.set(filter, qos);
		this.#subscribersByTopic.clear();
	}

	#removeFilters(clientId: string, session: Session, filters: string[]): void {
		for (const filter of filters) {
			if (!session.filters.delete(filter)) continue;
			this.#options.audience.remove(filter);
			this.#disk.put(`filter ${clientId} ${filter}`, ["deleteSubscription", clientId, filter]);
		}
		this.#subscribersByTopic.clear();
	}

	#enqueue(clientId: string, packet: AedesPublishPacket): void {
		const session = this.#sessions.get(clientId);
		if (!session) return;
		const queued: Queued = { sequence: this.#sequence + 1, packet: { ...packet } };
		if (!session.queue.add(queued)) return;
		this.#sequence++;
		this.#disk.put(`outgoing ${queued.sequence}`, [
			"putOutgoing",
			queued.sequence,
			clientId,
			packet.topic,
			packet.payload as Buffer,
		]);
		if (session.queue.size <= QUEUED_MAX) {
			session.isOverflowing = false;
			return;
		}
		const dropped = session.queue.dropOldest();
		if (dropped) this.#unqueue(dropped);
		if (!session.isOverflowing) this.#options.log.warn({ clientId, max: QUEUED_MAX }, "queue full: oldest dropped");
		session.isOverflowing = true;
	}

	#unqueue({ sequence }: Queued): void {
		this.#disk.takeBack(`outgoing ${sequence}`, ["deleteOutgoing", sequence]);
	}
}

function packetOf(stored: { topic: string; payload: Uint8Array; qos: number; retain: boolean }): AedesPublishPacket {
	return {
		cmd: "publish",
		brokerId: EARLIER_RUN,
		brokerCounter: 0,
		topic: stored.topic,
		payload: Buffer.from(stored.payload),
		qos: stored.qos as 0 | 1,
		retain: stored.retain,
		dup: false,
	};
}
