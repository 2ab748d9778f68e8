import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type Server } from "node:net";
import { batchTopic } from "@kassahub/contracts/relay-batch.ts";
import { Aedes, type AuthenticateError } from "aedes";
import type { Logger } from "pino";

type Login = { username: string; password: string };

/** RFC-safe topic shapes of contracts/relay-batch.ts: a shop's journal up, a box's acknowledgement down. */
const JOURNAL = new RegExp(`^${batchTopic("[a-z0-9][a-z0-9-]{0,31}")}$`);
const ACKNOWLEDGEMENT = /^kassahub\/shops\/[a-z0-9-]+\/acks\/[0-9a-f-]+$/;
const REFUSED = 5;

/**
 * The back office's own broker, for a shop without one elsewhere: on loopback, for one relay and this process.
 * It keeps nothing on disk, and needn't: what the books hold is said again at each start.
 */
export class EmbeddedBroker {
	readonly #aedes: Aedes;
	readonly #server: Server;
	/** With which this process itself connects: new at each start, never written down. */
	readonly office: Login = { username: "office", password: randomBytes(32).toString("base64url") };
	readonly url: string;

	private constructor(aedes: Aedes, server: Server, office: Login, port: number) {
		this.#aedes = aedes;
		this.#server = server;
		this.office = office;
		this.url = `mqtt://127.0.0.1:${port}`;
	}

	/** Listens on `port` of the loopback interface; 0 takes a free one. */
	static async open(port: number, relay: Login, log: Logger): Promise<EmbeddedBroker> {
		const office: Login = { username: "office", password: randomBytes(32).toString("base64url") };
		const isOffice = new WeakSet<object>();
		let hear: () => void = () => undefined;
		const isHeard = new Promise<void>((resolve) => {
			hear = resolve;
		});
		const aedes = await Aedes.createBroker({
			authenticate: (client, username, password, done) => {
				const given = { username: username ?? "", password: password?.toString("utf8") ?? "" };
				if (isSame(given, office)) isOffice.add(client);
				else if (!isSame(given, relay)) {
					done(
						Object.assign(new Error("wrong username or password"), { returnCode: REFUSED }) as AuthenticateError,
						null,
					);
					return;
				}
				done(null, true);
			},
			authorizePublish: (client, packet, done) => {
				if (client && isOffice.has(client)) {
					done(ACKNOWLEDGEMENT.test(packet.topic) ? null : new Error(`${packet.topic} may not be published`));
				} else if (!JOURNAL.test(packet.topic)) {
					done(new Error(`${packet.topic} may not be published`));
				} else {
					// A batch that came before the intake listens would get its PUBACK and go nowhere.
					isHeard.then(() => done(null));
				}
			},
			authorizeSubscribe: (client, subscription, done) => {
				const isAllowed = isOffice.has(client)
					? subscription.topic === batchTopic("+")
					: ACKNOWLEDGEMENT.test(subscription.topic);
				done(null, isAllowed ? subscription : null);
			},
		});
		aedes.on("clientError", (client, error) => log.warn({ client: client.id, reason: error.message }, "client left"));
		aedes.on("connectionError", (_client, error) => log.warn({ reason: error.message }, "connection refused"));
		aedes.on("subscribe", (_subscriptions, client) => {
			if (isOffice.has(client)) hear();
		});
		const server = createServer((socket) => aedes.handle(socket));
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen(port, "127.0.0.1", resolve);
		});
		const address = server.address();
		return new EmbeddedBroker(aedes, server, office, address && typeof address === "object" ? address.port : port);
	}

	async close(): Promise<void> {
		const closed = new Promise((resolve) => this.#server.close(resolve));
		await new Promise<void>((resolve) => this.#aedes.close(resolve));
		await closed;
	}
}

/** Compares in constant time, whatever the lengths. */
function isSame(given: Login, wanted: Login): boolean {
	const digest = ({ username, password }: Login) =>
		createHash("sha256")
			.update(JSON.stringify([username, password]))
			.digest();
	return timingSafeEqual(digest(given), digest(wanted));
}
