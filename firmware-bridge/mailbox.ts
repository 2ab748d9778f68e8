import { command as commandMessage } from "@kassahub/contracts/command.ts";
import { type DeviceState, deviceState } from "@kassahub/contracts/device-state.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { type Reading, reading } from "@kassahub/contracts/reading.ts";
import { type Result, result } from "@kassahub/contracts/result.ts";
import { type Trace, trace } from "@kassahub/contracts/trace.ts";
import { connect, type MqttClient } from "mqtt";
import type { Logger } from "pino";
import type { BrokerAccess } from "./links/link.ts";

const RECONNECT_MS = 1000;

/** The client id of a device's own connection, and so the name of its session. */
export const mailboxId = (device: string): string => `bridge-${device}`;

/**
 * A device's own connection to the hub's broker: its last will is the device's offline state, and its session persists,
 * so that commands wait in the broker while the bridge restarts.
 */
export class Mailbox {
	readonly #client: MqttClient;
	readonly #onTheWay = new Set<string>();
	readonly #topics: Record<"state" | "readings" | "results" | "trace", string>;

	constructor(
		access: BrokerAccess,
		{ device, lastWill, log }: { device: string; lastWill: DeviceState; log: Logger },
		{ accept, greet }: { accept: (payload: Uint8Array) => Promise<void>; greet: () => void },
	) {
		this.#topics = {
			state: topicOf(deviceState, { device }),
			readings: topicOf(reading, { device }),
			results: topicOf(result, { device }),
			trace: topicOf(trace, { device }),
		};
		const commands = topicOf(commandMessage, { device });
		this.#client = connect(access.url, {
			clientId: mailboxId(device),
			username: access.username,
			password: access.password,
			clean: false,
			// A weight that was true before the broker went away is not true when it is back.
			queueQoSZero: false,
			reconnectPeriod: RECONNECT_MS,
			will: { topic: this.#topics.state, payload: Buffer.from(JSON.stringify(lastWill)), qos: 1, retain: true },
		});
		// The PUBACK leaves when the command is on disk: a bridge killed before that gets it again.
		this.#client.handleMessage = (packet, done) => {
			const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
			accept(payload).then(
				() => done(),
				(error: unknown) => {
					log.error({ err: error }, "a command could not be taken");
					done();
				},
			);
		};
		this.#client.on("connect", () => {
			this.#client.subscribe(commands, { qos: 1 }, (error) => {
				if (error) log.error({ err: error }, "may not hear commands");
			});
			greet();
		});
		this.#client.on("error", (error) => log.warn({ err: error.message }, "broker connection"));
	}

	get isConnected(): boolean {
		return this.#client.connected;
	}

	/** The newest state only: one that could not be told is superseded by the greeting after the next connect. */
	async state(state: DeviceState): Promise<void> {
		if (!this.isConnected) return;
		await this.#client
			.publishAsync(this.#topics.state, JSON.stringify(state), { qos: 1, retain: true })
			.catch(() => undefined);
	}

	reading(value: Reading): void {
		if (this.isConnected) this.#client.publish(this.#topics.readings, JSON.stringify(value), { qos: 0 });
	}

	trace(value: Trace): void {
		if (this.isConnected) this.#client.publish(this.#topics.trace, JSON.stringify(value), { qos: 0 });
	}

	/** `told` is called when the broker has acknowledged it; until then the ledger keeps it for the next greeting. */
	result(value: Result, told: () => void): void {
		// A result on its way is sent again by the client itself when the connection breaks.
		if (!this.isConnected || this.#onTheWay.has(value.id)) return;
		this.#onTheWay.add(value.id);
		this.#client.publish(this.#topics.results, JSON.stringify(value), { qos: 1 }, (error) => {
			this.#onTheWay.delete(value.id);
			if (!error) told();
		});
	}

	async close(): Promise<void> {
		await this.#client.endAsync(!this.isConnected);
	}
}
