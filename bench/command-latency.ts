import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { command as commandMessage } from "@kassahub/contracts/command.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import mqtt, { type MqttClient } from "mqtt";
import { uuidv7 } from "uuidv7";
import { until } from "../tests/shop.ts";
import { startHub } from "./brokers/hub.ts";
import { mosquitto } from "./brokers/mosquitto.ts";
import { percentile } from "./figures.ts";
import type { ForwardOrder } from "./plain-bridge.ts";

const DEVICE = "display";
const TOPIC = topicOf(commandMessage, { device: DEVICE });
const WARM_UP = 30;

export type Latency = { p50Ms: number; p99Ms: number };

/** What a device hears on its wire, and when. */
class Wire {
	readonly #server: Server;
	#heard = "";
	#wake: () => void = () => undefined;

	private constructor(server: Server) {
		this.#server = server;
		server.on("connection", (socket: Socket) => {
			socket.setNoDelay(true);
			socket.on("error", () => undefined);
			socket.on("data", (bytes) => {
				this.#heard = (this.#heard + bytes.toString("latin1")).slice(-1000);
				this.#wake();
			});
		});
	}

	static async open(): Promise<Wire> {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		return new Wire(server);
	}

	get port(): number {
		return (this.#server.address() as { port: number }).port;
	}

	async hears(words: string): Promise<void> {
		while (!this.#heard.includes(words)) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	close(): void {
		this.#server.close();
	}
}

/** One command after another, from its PUBLISH to its first byte on the device's wire. */
async function measure(client: MqttClient, wire: Wire, commands: number): Promise<Latency> {
	const latencies: number[] = [];
	for (let number = 0; number < WARM_UP + commands; number++) {
		const words = `nr ${String(number).padStart(6, "0")}`;
		const action = { id: uuidv7(), at: new Date().toISOString(), action: "show", lines: [words] };
		const startedAt = performance.now();
		client.publish(TOPIC, JSON.stringify(action), { qos: 1 });
		await wire.hears(words);
		if (number >= WARM_UP) latencies.push(performance.now() - startedAt);
	}
	return { p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) };
}

/** Through the hub's broker and bridge, which puts each command on disk before it is begun and before its answer. */
async function throughHub(commands: number): Promise<Latency> {
	const wire = await Wire.open();
	const devices = { [DEVICE]: { driver: "cd5220", link: `tcp://127.0.0.1:${wire.port}` } };
	const hub = await startHub([], 1, devices);
	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${hub.port}`, { ...hub.login("kassa-1"), clean: true });
	try {
		let isOnline = false;
		client.on("message", (_, payload) => {
			isOnline = (JSON.parse(payload.toString()) as { state: string }).state === "online";
		});
		await client.subscribeAsync(`kassahub/devices/${DEVICE}/state`, { qos: 1 });
		await until("the display to be on line", () => isOnline || undefined);
		return await measure(client, wire, commands);
	} finally {
		await client.endAsync(true);
		await hub.stop();
		wire.close();
	}
}

/** The least that could be done: Mosquitto, and a client that writes what it hears on the wire and remembers nothing. */
async function throughMosquitto(commands: number): Promise<Latency> {
	const wire = await Wire.open();
	const broker = await mosquitto.start();
	const bridge = fork(join(import.meta.dirname, "plain-bridge.ts"));
	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
		...broker.login("kassa-1"),
		clean: true,
	});
	try {
		bridge.send({ brokerPort: broker.port, topic: TOPIC, wirePort: wire.port } satisfies ForwardOrder);
		await once(bridge, "message");
		return await measure(client, wire, commands);
	} finally {
		await client.endAsync(true);
		bridge.kill();
		await broker.stop();
		wire.close();
	}
}

/** A command from a register to a device's wire, through the hub and through the least that could be done. */
export async function commandLatency(commands: number): Promise<{ hub: Latency; plain: Latency }> {
	return { hub: await throughHub(commands), plain: await throughMosquitto(commands) };
}
