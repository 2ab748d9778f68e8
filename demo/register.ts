import { type Booking, booking } from "@kassahub/contracts/booking.ts";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { filterOf, type MessageDefinition, topicOf } from "@kassahub/contracts/message.ts";
import { type Rejection, rejection } from "@kassahub/contracts/rejection.ts";
import { connect, type MqttClient } from "mqtt";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";

const RECONNECT_MS = 250;

/** The hub's no to an event, as it came on the register's own `rejections`. */
export class EventRejected extends Error {
	readonly rejection: Rejection;
	constructor(rejection: Rejection) {
		super(rejection.reasons.map((reason) => `${reason.code} ${reason.message}`).join("; "));
		this.name = "EventRejected";
		this.rejection = rejection;
	}
}

type Waiting = {
	topic: string;
	payload: string;
	isAcknowledged: boolean;
	resolve(booking: Booking): void;
	reject(reason: Error): void;
};

/**
 * A register as the hub meets it: a real MQTT client with a persistent session that keeps every event
 * until the hub has answered for it, over broken connections and restarts of the hub.
 */
export class Register {
	readonly name: string;
	readonly #client: MqttClient;
	readonly #waiting = new Map<string, Waiting>();
	readonly #ears: ((topic: string, payload: Uint8Array) => boolean)[] = [];

	/** Throws where the hub is not there or refuses the credentials. */
	static async open(url: string, { clientId, username, password }: Credentials): Promise<Register> {
		const client = connect(url, { clientId, username, password, clean: false, reconnectPeriod: RECONNECT_MS });
		// Ears first: what the hub kept for this session comes right behind its CONNACK.
		const register = new Register(client, username);
		await new Promise((resolve, reject) => client.once("connect", resolve).once("error", reject)).catch(
			async (error) => {
				await client.endAsync(true);
				throw error;
			},
		);
		client.on("connect", () => register.#askAgain());
		await register.#subscribe(booking, rejection);
		return register;
	}

	private constructor(client: MqttClient, name: string) {
		this.name = name;
		this.#client = client;
		client.on("message", (topic, payload) => {
			for (const hear of this.#ears) if (hear(topic, payload)) return;
		});
		// A broken connection is nothing to a register: the client connects anew by itself.
		client.on("error", () => undefined);
		this.#hear(booking, (value) => this.#answer(value.id)?.resolve(value));
		this.#hear(rejection, (value) => this.#answer(value.id ?? "")?.reject(new EventRejected(value)));
	}

	/** How many events the hub has not answered yet. */
	get unanswered(): number {
		return this.#waiting.size;
	}

	/**
	 * Publishes an event that the hub journals; resolves with its booking.
	 * Throws EventRejected where the hub says no. Waits for as long as the hub is away.
	 */
	book<T extends TSchema>(message: MessageDefinition<T>, event: Static<T> & { id: string }): Promise<Booking> {
		const topic = topicOf(message, { register: this.name });
		const payload = JSON.stringify(event);
		return new Promise((resolve, reject) => {
			const waiting: Waiting = { topic, payload, isAcknowledged: false, resolve, reject };
			this.#waiting.set(event.id, waiting);
			this.#publish(waiting);
		});
	}

	/** Hears a message of the contract. What breaks the contract is thrown: a hub must not send it. */
	async listen<T extends TSchema>(
		message: MessageDefinition<T>,
		hear: (value: Static<T>, topic: string) => void,
	): Promise<void> {
		this.#hear(message, hear);
		await this.#subscribe(message);
	}

	async publish(message: MessageDefinition, levels: Record<string, string>, value: unknown): Promise<void> {
		await this.#client.publishAsync(topicOf(message, levels), JSON.stringify(value), { qos: message.qos });
	}

	/** Leaves; the hub keeps the session. Events still unanswered are given up. */
	async close(): Promise<void> {
		await this.#client.endAsync(!this.#client.connected);
		for (const { reject } of this.#waiting.values()) reject(new Error(`${this.name} left before the hub answered`));
		this.#waiting.clear();
	}

	#hear<T extends TSchema>(message: MessageDefinition<T>, hear: (value: Static<T>, topic: string) => void): void {
		const pattern = new RegExp(`^${this.#filterOf(message).replaceAll("+", "[^/]+")}$`);
		const validator = Compile(message.schema);
		this.#ears.push((topic, payload) => {
			if (!pattern.test(topic)) return false;
			const text = new TextDecoder().decode(payload);
			const value: unknown = JSON.parse(text);
			if (!validator.Check(value)) throw new Error(`${topic} breaks its contract: ${text}`);
			hear(value as Static<T>, topic);
			return true;
		});
	}

	async #subscribe(...messages: Pick<MessageDefinition, "topic" | "qos">[]): Promise<void> {
		for (const message of messages) {
			await this.#client.subscribeAsync(this.#filterOf(message), { qos: message.qos });
		}
	}

	#filterOf({ topic }: Pick<MessageDefinition, "topic">): string {
		return filterOf({ topic: topic.replace("{register}", this.name) });
	}

	#publish(waiting: Waiting): void {
		waiting.isAcknowledged = false;
		this.#client.publish(waiting.topic, waiting.payload, { qos: 1 }, (error) => {
			if (!error) waiting.isAcknowledged = true;
		});
	}

	/**
	 * mqtt.js sends anew what had no PUBACK. What had one, but no answer, is asked again here: the hub may have died
	 * between the two, and answers the same id with its first booking.
	 */
	#askAgain(): void {
		for (const waiting of this.#waiting.values()) if (waiting.isAcknowledged) this.#publish(waiting);
	}

	#answer(id: string): Waiting | undefined {
		const waiting = this.#waiting.get(id);
		this.#waiting.delete(id);
		return waiting;
	}
}
