import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { type Server, Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { booking } from "@kassahub/contracts/booking.ts";
import { type MessageDefinition, topicOf } from "@kassahub/contracts/message.ts";
import { reading } from "@kassahub/contracts/reading.ts";
import { rejection } from "@kassahub/contracts/rejection.ts";
import type { AedesPublishPacket, AuthenticateError, Client, PublishPacket } from "aedes";
import type { Logger } from "pino";
import type { Outcome, Submission } from "../books/submission.ts";
import { isLoopback } from "../loopback.ts";
import type { Account, Accounts } from "../pairing/accounts.ts";
import type { Certificates } from "../tls/certificates.ts";
import { matches, mayHearTopic, maySubscribe, publishRight, type Route, routeOf, TOPIC_LENGTH_MAX } from "./access.ts";
import { Audience } from "./audience.ts";
import { Engine, type InboundPacket, isPassing, isSettled } from "./engine.ts";
import { mayAddFilter } from "./filters.ts";
import { FOREIGN_PAYLOAD_BYTES_MAX, mayUseForeign } from "./foreign.ts";
import { gatherWrites } from "./gather.ts";
import { type Connection, ConnectionRefused, identify } from "./identity.ts";
import { isForHub, MessageInvalid, readMessage } from "./inbound.ts";
import { listen, listenTls, MIN_TLS_VERSION, portOf } from "./listener.ts";
import { MESSAGE_TOKENS, READING_TOKENS, SensorPace } from "./pace.ts";
import { isReserved } from "./reserved.ts";
import { Seldom } from "./seldom.ts";
import { Sessions, type Will } from "./sessions.ts";

const CONNECT_WITHIN_MS = 10_000;
/** A client that reads slower than it is sent to: levels and readings pass it by, and then it is cut. */
const UNSENT_BYTES_MAX = 1024 * 1024;
/** One SUBSCRIBE may hold tens of thousands of filters, and each that is refused is a line in the log. */
const REFUSED_FILTERS_MAX = 100;
const DRAIN_WITHIN_MS = 20_000;
/** The will of a client that was lost together with the hub is sent after four of these. */
const HEARTBEAT_MS = 10_000;

const BOOKING_LEVELS = booking.topic.split("/");

/** A message for the hub itself, valid by its schema. */
export type Heard = {
	name: string;
	levels: Record<string, string>;
	value: unknown;
	from: Account;
	/** Keeps the message, and its PUBACK, until the work is done; where that fails, its sender has to send it again. */
	holdFor(work: Promise<unknown>): void;
};

/** What the broker needs of the books: durable, either way, when it resolves. */
export type BookKeeper = { submit(submission: Submission): Promise<Outcome> };

export type BrokerOptions = { dataDir: string; books: BookKeeper; accounts: Accounts; log: Logger };

type Answer = (error?: Error | null) => void;

/** The hub's MQTT broker: who may say and hear what, and no PUBACK for money before the books have it (invariant 1). */
export class Broker extends EventEmitter<{ message: [Heard]; cleared: [Pick<Heard, "name" | "levels">] }> {
	readonly #books: BookKeeper;
	readonly #accounts: Accounts;
	readonly #log: Logger;
	readonly #connections = new WeakMap<Client, Connection>();
	readonly #audience = new Audience(
		(filter) => matches(filter.split("/"), BOOKING_LEVELS),
		BOOKING_LEVELS.indexOf("{register}"),
	);
	readonly #pace = new SensorPace();
	readonly #refused = new WeakMap<Client, number>();
	readonly #filters = new WeakMap<Client, Set<string>>();
	readonly #seldom = new Seldom();
	readonly #servers: Server[] = [];
	readonly #sessions: Sessions;
	readonly #engine: Engine;

	/** Opens the broker with the sessions of its last run; it takes connections from the first `attach` on. */
	static async open(options: BrokerOptions): Promise<Broker> {
		const broker = new Broker(options);
		await broker.#engine.listen();
		return broker;
	}

	private constructor({ dataDir, books, accounts, log }: BrokerOptions) {
		super();
		this.#books = books;
		this.#accounts = accounts;
		this.#log = log;
		this.#sessions = new Sessions({
			file: join(dataDir, "sessions.db"),
			log,
			audience: this.#audience,
			accountOf: (client) => this.#accountOf(client),
			accountNamed: (name) => accounts.get(name),
		});
		this.#engine = new Engine({
			persistence: this.#sessions,
			audience: this.#audience,
			// 0: no common limit. With one, a client that stops reading would hold up everybody's messages (invariant 9).
			concurrency: 0,
			connectTimeout: CONNECT_WITHIN_MS,
			drainTimeout: DRAIN_WITHIN_MS,
			heartbeatInterval: HEARTBEAT_MS,
			preConnect: (client, packet, callback) => {
				const isOpen = isReadable(client);
				this.#connections.set(client, { address: addressOf(client), isOpen, will: packet.will, account: undefined });
				callback(null, true);
			},
			authenticate: (client, username, password, callback) => {
				this.#authenticate(client, username, password).then(
					() => callback(null, true),
					(error: AuthenticateError) => callback(error, null),
				);
			},
			authorizePublish: (client, packet, callback) => this.#authorizePublish(client, packet, callback),
			authorizeSubscribe: (client, subscription, callback) => {
				callback(null, this.#admitFilter(client, subscription.topic) ? subscription : null);
			},
			authorizeForward: (client, packet) => this.#authorizeForward(client, packet),
		});
		const logCut = (client: Client, { message: reason }: Error) => {
			const account = this.#accountOf(client)?.name;
			log.warn({ clientId: client.id, account, address: addressOf(client), reason }, "connection cut");
		};
		this.#engine.on("clientError", logCut);
		this.#engine.on("connectionError", logCut);
		(this.#engine as EventEmitter).on("error", (error: Error) => log.error({ err: error }, "broker fault"));
		accounts.on("revoked", this.#forget);
		accounts.on("replaced", this.#cut);
	}

	get clientCount(): number {
		return this.#engine.connectedClients;
	}

	/** Whether clients can connect by TCP. */
	get isListening(): boolean {
		return this.#servers.some((server) => server.listening);
	}

	/** Publishes a message of the hub itself. */
	publish(message: MessageDefinition, levels: Record<string, string>, value: unknown): void {
		const packet: PublishPacket = {
			cmd: "publish",
			topic: topicOf(message, levels),
			payload: Buffer.from(JSON.stringify(value)),
			qos: message.qos,
			retain: message.retain,
			dup: false,
		};
		this.#engine.publish(packet, () => undefined);
	}

	/** Takes MQTT connections on a TCP port and returns the port; 0 takes a free one. */
	async attachTcp(port: number, host: string): Promise<number> {
		const server = await listen(port, host, (socket) => this.attachStream(socket));
		this.#servers.push(server);
		return portOf(server);
	}

	/** Takes MQTT connections over TLS, with the certificate of the moment, and returns the port; 0 takes a free one. */
	async attachTls(port: number, host: string, certificates: Pick<Certificates, "server" | "on">): Promise<number> {
		const server = await listenTls(port, host, certificates.server, (socket) => this.attachStream(socket));
		certificates.on("renewed", ({ certificate: cert, key }) =>
			server.setSecureContext({ cert, key, minVersion: MIN_TLS_VERSION }),
		);
		this.#servers.push(server);
		return portOf(server);
	}

	/** Takes one MQTT connection over any stream, such as that of a WebSocket with the request it came with. */
	attachStream(stream: Duplex, request?: IncomingMessage): void {
		this.#engine.handle(stream, request);
	}

	/** Takes no new connections, ends those there are, and stores the sessions. */
	async close(): Promise<void> {
		this.#accounts.off("revoked", this.#forget);
		this.#accounts.off("replaced", this.#cut);
		const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
		await new Promise<void>((resolve) => this.#engine.close(resolve));
		await Promise.all(closed);
		await this.#sessions.close();
	}

	#accountOf(client: Client): Account | undefined {
		return this.#connections.get(client)?.account;
	}

	#clientsOf(account: string): Client[] {
		return Object.values(this.#engine.clients).filter((client) => this.#accountOf(client)?.name === account);
	}

	#admitFilter(client: Client, filter: string): boolean {
		const account = this.#accountOf(client);
		if (account && maySubscribe(account, filter) && this.#addFilter(client, account, filter)) return true;
		const refused = (this.#refused.get(client) ?? 0) + 1;
		this.#refused.set(client, refused);
		if (refused <= REFUSED_FILTERS_MAX) {
			const start = filter.slice(0, TOPIC_LENGTH_MAX);
			this.#log.warn({ account: account?.name, filter: start }, "subscription refused");
		} else if (refused === REFUSED_FILTERS_MAX + 1) client.close();
		return false;
	}

	/** Notes a filter that a connection asks for; false where it has too many, those it gave up again included. */
	#addFilter(client: Client, account: Account, filter: string): boolean {
		const filters = this.#filters.get(client) ?? new Set();
		if (!mayAddFilter(account, filters, filter)) return false;
		this.#filters.set(client, filters.add(filter));
		return true;
	}

	async #authenticate(client: Client, username: string | undefined, password: Buffer | undefined): Promise<void> {
		const connection = this.#connections.get(client) as Connection;
		try {
			connection.account = await identify({
				client,
				connection,
				username,
				password,
				accounts: this.#accounts,
				sessions: this.#sessions,
				holderOf: (clientId) => {
					const holder = this.#engine.clients[clientId];
					return holder && this.#accountOf(holder)?.name;
				},
				connectionsOf: (account) => this.#clientsOf(account).length,
			});
		} catch (error) {
			if (!(error instanceof ConnectionRefused)) this.#log.error({ err: error }, "a login could not be checked");
			throw error;
		}
	}

	/** A sensor that floods is slowed down by its own connection, whatever it says and at whichever QoS (invariant 9). */
	#authorizePublish(client: Client | null, packet: InboundPacket, answer: Answer): void {
		// Without a client it is a will of the hub's last run.
		const account = client ? this.#accountOf(client) : this.#accounts.get((packet as unknown as Will).account);
		const route = routeOf(packet.topic);
		const take = (): void => this.#take(account, route, packet, answer);
		if (account?.kind !== "sensor") take();
		else {
			const tokens = route?.message.name === reading.name ? READING_TOKENS : MESSAGE_TOKENS;
			this.#pace.pass(account, packet.payload.length, take, tokens);
		}
	}

	#take(account: Account | undefined, route: Route | undefined, packet: InboundPacket, answer: Answer): void {
		const right = account && route ? publishRight(account, route) : "refused";
		if (account && !route && mayUseForeign(account, packet.topic)) {
			this.#pass(account, packet, answer);
			return;
		}
		if (!account || !route || right === "refused") {
			answer(new Error(`publish refused on ${packet.topic}`));
			return;
		}
		if (route.message.journaledAs) {
			if (right === "wrong-sender") this.#log.warn({ account: account.name, topic: packet.topic }, "wrong sender");
			this.#submit(account, route, packet, answer);
			return;
		}
		if (isReserved(route.message, packet.payload as Buffer)) {
			packet[isSettled] = true;
			this.#log.warn({ account: account.name, topic: packet.topic }, "only the hub may say this: dropped");
			answer(null);
			return;
		}
		if (!route.message.retain) packet.retain = false;
		const held = isForHub(route.message) ? this.#hear(account, route, packet) : [];
		if (held.length === 0) answer(null);
		else Promise.all(held).then(() => answer(null), answer);
	}

	/** What a third-party sensor says, or is told by the bridge: it goes on as it is, unread by the hub. */
	#pass(account: Account, packet: InboundPacket, answer: Answer): void {
		packet[isPassing] = true;
		const payload = packet.payload as Buffer;
		if (payload.length > FOREIGN_PAYLOAD_BYTES_MAX) {
			packet[isSettled] = true;
			this.#complain(account, packet.topic, "too long: dropped");
		} else if (packet.retain && !this.#sessions.admitForeign(account, packet.topic, payload)) {
			packet.retain = false;
			this.#complain(account, packet.topic, "retains too much: passed on, not retained");
		}
		answer(null);
	}

	/** A sensor that does wrong does so a thousand times a second. */
	#complain({ name: account }: Account, topic: string, what: string): void {
		const times = this.#seldom.times(account, what);
		if (times !== undefined) this.#log.warn({ account, topic, times }, what);
	}

	/** Answers, and with that lets PUBACK leave, only when the books have it; on their fault the connection is cut. */
	#submit(account: Account, { message }: Route, packet: InboundPacket, answer: Answer): void {
		packet[isSettled] = true;
		const register = account.kind === "register" ? account.name : null;
		const submission: Submission = {
			kind: message.journaledAs as Submission["kind"],
			source: `${account.kind}:${account.name}`,
			register,
			topic: packet.topic,
			payload: packet.payload as Buffer,
		};
		this.#books.submit(submission).then((outcome) => {
			answer(null);
			if (register === null) return;
			if (outcome.status === "rejected") this.publish(rejection, { register }, outcome.rejection);
			else if (this.#audience.has(register)) this.publish(booking, { register }, outcome.booking);
		}, answer);
	}

	/**
	 * Passes on to the hub what is valid; what is not goes no further, and its sender is not cut for it. Returns the work
	 * that the message has to wait for.
	 */
	#hear(account: Account, route: Route, packet: InboundPacket): Promise<unknown>[] {
		const held: Promise<unknown>[] = [];
		// MQTT 3.1.1 §3.3.1.3: an empty retained message clears the topic, here of a device that is no more.
		if (packet.retain && packet.payload.length === 0) {
			this.emit("cleared", { name: route.message.name, levels: route.levels });
			return held;
		}
		try {
			const value = readMessage(route, packet.payload as Buffer);
			const { message, levels } = route;
			this.emit("message", { name: message.name, levels, value, from: account, holdFor: (work) => held.push(work) });
		} catch (error) {
			if (!(error instanceof MessageInvalid)) throw error;
			packet[isSettled] = true;
			const { field, message: reason } = error;
			this.#log.warn({ account: account.name, topic: packet.topic, field, reason }, "message dropped");
		}
		return held;
	}

	/** The second line of defence: a stored session may hold what its account may no longer hear. */
	#authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
		const account = this.#accountOf(client);
		if (!account || !mayHearTopic(account, packet.topic)) return null;
		if (packet.qos === 0 && client.conn.writableLength > UNSENT_BYTES_MAX) return null;
		gatherWrites(client.conn);
		return packet;
	}

	readonly #cut = (name: string): void => {
		for (const client of this.#clientsOf(name)) client.close();
	};

	readonly #forget = (name: string): void => {
		this.#cut(name);
		this.#sessions.forgetAccount(name);
		this.#pace.forget(name);
	};
}

/** Whether others on the shop's network can read along: no TLS, and not from this machine. */
function isReadable(client: Client): boolean {
	const socket = client.req?.socket ?? client.conn;
	if (!(socket instanceof Socket) || (socket as Partial<TLSSocket>).encrypted) return false;
	return !isLoopback(socket.remoteAddress ?? "");
}

function addressOf(client: Client): string {
	const socket = client.req?.socket ?? client.conn;
	return (socket instanceof Socket && socket.remoteAddress) || "";
}
