import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { type ReadonlySignal, signal } from "@preact/signals";
import mqtt from "mqtt";

/** refused: the hub does not know these credentials (any more). */
export type LiveStatus = "connecting" | "live" | "offline" | "refused";

export type Live = {
	status: ReadonlySignal<LiveStatus>;
	/** QoS 1; resolves at its PUBACK, survives reconnects, rejects only when the connection is ended. */
	publish(topic: string, value: unknown): Promise<void>;
	end(): void;
};

const RECONNECT_MS = 2000;
const RECONNECT_REFUSED_MS = 30_000;

/** Listens to the hub's broker over WebSocket and keeps reconnecting. `keepSession` makes the broker queue while away. */
export function connectLive(options: {
	credentials: Credentials;
	filters: readonly string[];
	keepSession: boolean;
	/** `value` is undefined where what was retained on the topic is taken back. */
	onMessage: (topic: string, value: unknown) => void;
}): Live {
	const { credentials, filters } = options;
	const status = signal<LiveStatus>("connecting");
	const client = mqtt.connect(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/mqtt`, {
		clientId: credentials.clientId,
		username: credentials.username,
		password: credentials.password,
		clean: !options.keepSession,
		reconnectPeriod: RECONNECT_MS,
		reconnectOnConnackError: true,
		resubscribe: false,
		connectTimeout: 8000,
		keepalive: 20,
		// A timer in a worker would need a blob: URL, which the pages' security policy refuses.
		timerVariant: "native",
	});
	client.on("connect", () => {
		client.options.reconnectPeriod = RECONNECT_MS;
		// Subscribing at each connect also brings the retained messages that changed while away.
		void client.subscribeAsync([...filters], { qos: 1 }).then(() => {
			status.value = "live";
		});
	});
	client.on("close", () => {
		if (status.value !== "refused") status.value = "offline";
	});
	client.on("error", (error) => {
		const code = "code" in error ? error.code : undefined;
		if (code !== 4 && code !== 5) return;
		status.value = "refused";
		client.options.reconnectPeriod = RECONNECT_REFUSED_MS;
	});
	client.on("message", (topic, payload) => {
		// MQTT 3.1.1 §3.3.1.3: what was retained there is taken back.
		options.onMessage(topic, payload.length === 0 ? undefined : JSON.parse(payload.toString()));
	});
	return {
		status,
		publish: async (topic, value) => {
			await client.publishAsync(topic, JSON.stringify(value), { qos: 1 });
		},
		end: () => {
			client.end(true);
		},
	};
}
