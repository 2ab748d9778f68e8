import { EventEmitter } from "node:events";
import { type Acknowledgement, acknowledgementTopic, batchTopic } from "@kassahub/contracts/relay-batch.ts";
import { connect, type IPublishPacket, type MqttClient } from "mqtt";
import type { Logger } from "pino";
import { BatchInvalid, unpackBatch } from "./batch.ts";
import type { Ledger } from "./ledger.ts";

const RECONNECT_MS = 1_000;
const KEEPALIVE_SECONDS = 60;

export type IntakePlan = { url: string; username: string; password: string; clientId: string };

type Events = {
	/** New rows are in the books of `shop`. */
	booked: [shop: string, rows: number];
};

/**
 * Hears the relays. A batch's PUBACK leaves only after its transaction was committed: MQTT.js sends it when the callback
 * of handleMessage is called, and gives the next packet only then. Where the books can't be written the connection is
 * dropped without a PUBACK, and the broker's persistent session delivers the batch again.
 */
export class Intake extends EventEmitter<Events> {
	readonly #plan: IntakePlan;
	readonly #ledger: Ledger;
	readonly #log: Logger;
	#client: MqttClient | undefined;
	#isClosed = false;
	#current: Promise<void> = Promise.resolve();

	constructor(plan: IntakePlan, ledger: Ledger, log: Logger) {
		super();
		this.#plan = plan;
		this.#ledger = ledger;
		this.#log = log;
	}

	get isConnected(): boolean {
		return this.#client?.connected ?? false;
	}

	/** Connects, and comes back whenever the connection is lost. */
	open(): void {
		const { url, username, password, clientId } = this.#plan;
		const client = connect(url, {
			username,
			password,
			clientId,
			clean: false,
			protocolVersion: 4,
			keepalive: KEEPALIVE_SECONDS,
			reconnectPeriod: RECONNECT_MS,
			resubscribe: false,
		});
		this.#client = client;
		client.handleMessage = (packet, done) => {
			this.#current = this.#take(client, packet, done);
		};
		client.on("error", (error) => this.#log.warn({ url, reason: error.message }, "not connected to the broker"));
		client.on("connect", async () => {
			try {
				const [granted] = await client.subscribeAsync(batchTopic("+"), { qos: 1 });
				if (granted?.qos !== 1) throw new Error(`the broker refuses the subscription to ${batchTopic("+")}`);
				await this.#sayHeads(client);
				this.#log.info({ url }, "hearing the relays");
			} catch (error) {
				if (this.#isClosed) return;
				this.#log.error(
					{ reason: error instanceof Error ? error.message : String(error) },
					"the intake could not begin",
				);
				client.reconnect();
			}
		});
	}

	/** Leaves after the batch under way. */
	async close(): Promise<void> {
		this.#isClosed = true;
		await this.#current;
		await this.#client?.endAsync(true);
	}

	async #take(client: MqttClient, packet: IPublishPacket, done: (error?: Error) => void): Promise<void> {
		if (this.#isClosed) return;
		try {
			await this.#book(client, packet.topic, Buffer.from(packet.payload));
			done();
		} catch (error) {
			this.#log.error({ err: error }, "the books could not be written; the batch is delivered again");
			client.stream.destroy();
		}
	}

	async #book(client: MqttClient, topic: string, payload: Buffer): Promise<void> {
		const shop = topic.split("/")[2] ?? "";
		const { acknowledgement, stored } = await this.#judge(shop, topic, payload);
		if (!acknowledgement) return;
		const { box, gap, refused } = acknowledgement;
		if (gap || refused) this.#log.warn({ shop, box, gap, refused }, "a batch was not stored, or not whole");
		this.#say(client, shop, acknowledgement);
		if (stored > 0) this.emit("booked", shop, stored);
	}

	/** Stores the batch, or answers why it can't be; throws where trying again may help. */
	async #judge(
		shop: string,
		topic: string,
		payload: Buffer,
	): Promise<{ acknowledgement?: Acknowledgement; stored: number }> {
		let box: string | undefined;
		try {
			const batch = await unpackBatch(topic, payload);
			box = batch.header.box;
			return await this.#ledger.book(batch);
		} catch (error) {
			if (error instanceof BatchInvalid) box = error.box;
			else if (!isDataError(error)) throw error;
			const detail = error instanceof Error ? error.message : String(error);
			if (box) return { acknowledgement: await this.#ledger.refuse(shop, box, detail), stored: 0 };
			// Without a header there is no box to answer: it was no relay of ours.
			this.#log.warn({ shop, code: "BATCH_INVALID", detail }, "a batch was refused");
			return { stored: 0 };
		}
	}

	/** Not awaited: an acknowledgement that gets lost is said again with the next batch, and at each connection. */
	#say(client: MqttClient, shop: string, acknowledgement: Acknowledgement): void {
		const topic = acknowledgementTopic(shop, acknowledgement.box);
		client
			.publishAsync(topic, JSON.stringify(acknowledgement), { qos: 1, retain: true })
			.catch((error: Error) => this.#log.debug({ shop, reason: error.message }, "an acknowledgement was not sent"));
	}

	async #sayHeads(client: MqttClient): Promise<void> {
		for (const { shop, acknowledgement } of await this.#ledger.heads()) this.#say(client, shop, acknowledgement);
	}
}

/** Whether PostgreSQL refuses a value as such (SQLSTATE class 22, e.g. 31 February): the same batch fails every time. */
const isDataError = (error: unknown): boolean =>
	error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("22");
