import { EventEmitter } from "node:events";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import type { Logger } from "pino";
import type { Backoff } from "./backoff.ts";

const CONNECT_WITHIN_MS = 15_000;
/** A line of 10 kB/s has its four batches under way within it. */
const KEEPALIVE_SECONDS = 60;

export type ConnectionPlan = {
	url: string;
	username: string;
	password: string;
	clientId: string;
	/** Topic filters, subscribed with QoS 1 before `up`. */
	subscriptions: string[];
	/** Last will, made anew for each connection. */
	will?: () => NonNullable<IClientOptions["will"]>;
};

type Events = {
	up: [];
	/** The connection was lost, or could not be made: why, where it is known. */
	down: [string];
	message: [topic: string, payload: Buffer];
};

/**
 * An MQTT connection that comes back by itself. Each attempt is a new client with an empty store: what was under way
 * when a connection broke is decided by the cursor, not by MQTT.js sending it again.
 */
export class Connection extends EventEmitter<Events> {
	readonly #plan: ConnectionPlan;
	readonly #backoff: Backoff;
	readonly #log: Logger;
	#client: MqttClient | undefined;
	#timer: NodeJS.Timeout | undefined;
	#isUp = false;
	#isClosed = false;

	constructor(plan: ConnectionPlan, backoff: Backoff, log: Logger) {
		super();
		this.#plan = plan;
		this.#backoff = backoff;
		this.#log = log;
	}

	get isUp(): boolean {
		return this.#isUp;
	}

	open(): void {
		if (this.#isClosed) return;
		const { url, username, password, clientId, subscriptions, will } = this.#plan;
		const client = connect(url, {
			username,
			password,
			clientId,
			clean: true,
			protocolVersion: 4,
			keepalive: KEEPALIVE_SECONDS,
			connectTimeout: CONNECT_WITHIN_MS,
			reconnectPeriod: 0,
			resubscribe: false,
			...(will && { will: will() }),
		});
		this.#client = client;
		let reason = "";
		client.on("error", (error) => {
			reason = error.message || ("code" in error ? String(error.code) : error.name);
		});
		client.on("message", (topic, payload) => this.emit("message", topic, payload));
		client.once("connect", async () => {
			try {
				const granted = await client.subscribeAsync(subscriptions, { qos: 1 });
				const refused = granted.find(({ qos }) => qos === 128);
				if (refused) throw new Error(`subscription to ${refused.topic} was refused`);
			} catch (error) {
				reason ||= error instanceof Error ? error.message : String(error);
				client.end(true);
				return;
			}
			if (this.#client !== client) return;
			this.#isUp = true;
			this.#backoff.reset();
			this.#log.info({ url }, "connected");
			this.emit("up");
		});
		client.once("close", () => {
			if (this.#client !== client) return;
			this.#client = undefined;
			this.#isUp = false;
			client.end(true);
			if (this.#isClosed) return;
			const waitMs = this.#backoff.next();
			this.#log.warn({ url, reason, waitMs }, "not connected");
			this.#timer = setTimeout(() => this.open(), waitMs);
			this.emit("down", reason || "the connection was closed");
		});
	}

	/** Resolves at the PUBACK. Rejects where the connection is not there, or breaks first. */
	async publish(topic: string, payload: Buffer | string, retain: boolean): Promise<void> {
		if (!this.#client || !this.#isUp) throw new Error("not connected");
		await this.#client.publishAsync(topic, payload, { qos: 1, retain });
	}

	/** Closes the connection so that it is made anew, with the usual wait. */
	renew(): void {
		this.#client?.end(true);
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		clearTimeout(this.#timer);
		this.#isUp = false;
		await this.#client?.endAsync(false);
	}
}
