import { readFile } from "node:fs/promises";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { DeviceError } from "../fault.ts";
import { TopicTree } from "./topic-tree.ts";

export type Take = (topic: string, payload: Uint8Array) => void;

/** How to reach a broker, and what it tells the sensors of the one who connects (Sparkplug's host application). */
export type BrokerAddress = {
	url: string;
	clientId: string;
	username?: string | undefined;
	password?: string | undefined;
	passwordFile?: string | undefined;
	caFile?: string | undefined;
	presence?: { topic: string; online: string; offline: string } | undefined;
};

const CONNECT_MS = 5000;
const KEEPALIVE_S = 30;

/** One connection to a broker for all who talk over it. It is made once: whoever loses it asks for another. */
export class TopicBroker {
	readonly gone: Promise<DeviceError>;
	readonly #client: MqttClient;
	readonly #takers = new TopicTree<Take>();
	readonly #shared = new Map<string, unknown>();
	#lost: DeviceError | undefined;

	/** Throws DEVICE_UNREACHABLE, or DEVICE_CONFIG_INVALID where the broker does not take the credentials. */
	static async open(address: BrokerAddress): Promise<TopicBroker> {
		const broker = new TopicBroker(address.url, await optionsOf(address));
		const connected = new Promise<void>((resolve) => broker.#client.once("connect", () => resolve()));
		await Promise.race([
			connected,
			broker.gone.then((error) => {
				throw error;
			}),
		]);
		const { presence } = address;
		if (presence) await broker.#keepPresence(presence);
		return broker;
	}

	private constructor(url: string, options: IClientOptions) {
		this.#client = connect(url, options);
		let reason = "the connection to the broker was closed";
		let isRefused = false;
		this.#client.on("error", (error) => {
			reason = error.message || (error as NodeJS.ErrnoException).code || reason;
			isRefused = /not authorized|bad username|identifier rejected/i.test(error.message);
			this.#client.end(true);
		});
		this.gone = new Promise((resolve) => {
			this.#client.once("close", () => {
				this.#lost = new DeviceError(isRefused ? "DEVICE_CONFIG_INVALID" : "DEVICE_UNREACHABLE", reason);
				this.#client.end(true);
				resolve(this.#lost);
			});
		});
		this.#client.on("message", (topic, payload) => {
			for (const take of this.#takers.match(topic)) take(topic, payload);
		});
	}

	/** Throws DEVICE_UNREACHABLE, or DEVICE_CONFIG_INVALID where the broker does not let us hear that. */
	async subscribe(filter: string, take: Take): Promise<void> {
		if (this.#lost) throw this.#lost;
		this.#takers.add(filter, take);
		// Also where others listen already: only with a SUBSCRIBE come the retained messages.
		const granted = await this.#client.subscribeAsync(filter, { qos: 1 }).catch((error: Error) => {
			// With a SUBACK in it, it is the broker's answer; without, there will be none.
			if ("packet" in error) throw refused(filter, error.message);
			throw this.#lost ?? new DeviceError("DEVICE_UNREACHABLE", error.message);
		});
		if (granted.some(({ qos }) => (qos as number) >= 0x80)) throw refused(filter, "the broker does not allow it");
	}

	unsubscribe(filter: string, take: Take): void {
		if (this.#takers.remove(filter, take) && !this.#lost) this.#client.unsubscribe(filter);
	}

	async publish(topic: string, payload: Uint8Array | string, retain: boolean): Promise<void> {
		if (this.#lost) throw this.#lost;
		await this.#client.publishAsync(topic, payload as Buffer, { qos: retain ? 1 : 0, retain }).catch((error: Error) => {
			throw this.#lost ?? new DeviceError("DEVICE_UNREACHABLE", error.message);
		});
	}

	shared<T>(key: string, make: () => T): T {
		if (!this.#shared.has(key)) this.#shared.set(key, make());
		return this.#shared.get(key) as T;
	}

	async close(): Promise<void> {
		if (!this.#lost) await this.#client.endAsync();
		await this.gone;
	}

	/** Sparkplug 3.0 ch. 5: a host application that hears that it is away, and is not, says so again. */
	async #keepPresence({ topic, online }: NonNullable<BrokerAddress["presence"]>): Promise<void> {
		await this.subscribe(topic, (_, payload) => {
			if (Buffer.compare(payload, Buffer.from(online)) !== 0) {
				this.publish(topic, online, true).catch(() => undefined);
			}
		});
		await this.publish(topic, online, true);
	}
}

const refused = (filter: string, why: string): DeviceError =>
	new DeviceError("DEVICE_CONFIG_INVALID", `${filter}: ${why}`);

async function optionsOf({ url, clientId, presence, ...access }: BrokerAddress): Promise<IClientOptions> {
	const { username, caFile } = access;
	const password = access.passwordFile ? (await readSetting(access.passwordFile)).trim() : access.password;
	return {
		clientId,
		clean: true,
		keepalive: KEEPALIVE_S,
		connectTimeout: CONNECT_MS,
		// Who talks over it connects again, each with the back-off of its device.
		reconnectPeriod: 0,
		queueQoSZero: false,
		...(username === undefined ? {} : { username }),
		...(password === undefined ? {} : { password }),
		...(url.startsWith("mqtts:") && caFile ? { ca: await readSetting(caFile) } : {}),
		...(presence
			? { will: { topic: presence.topic, payload: Buffer.from(presence.offline), qos: 1 as const, retain: true } }
			: {}),
	};
}

const readSetting = (file: string): Promise<string> =>
	readFile(file, "utf8").catch((error: Error) => {
		throw new DeviceError("DEVICE_CONFIG_INVALID", error.message);
	});
