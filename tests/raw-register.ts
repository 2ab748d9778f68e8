import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import mqttPacket from "mqtt-packet";
import { salesTopic } from "./sales.ts";

/**
 * A register on a bare socket, so that a test sees each PUBACK as it comes and knows what was never acknowledged.
 * Message ids are given in order from 1.
 */
export class RawRegister {
	readonly socket: Socket;
	readonly acknowledged = new Set<string>();
	readonly #name: string;
	readonly #waiting = new Map<number, { id: string; settle: (acknowledged: boolean) => void }>();
	#nextMessageId = 1;

	private constructor(socket: Socket, name: string) {
		this.socket = socket;
		this.#name = name;
	}

	static async connect(mqttUrl: string, credentials: Omit<Credentials, "token">): Promise<RawRegister> {
		const { hostname, port } = new URL(mqttUrl);
		const socket = connect(Number(port), hostname);
		await once(socket, "connect");
		const register = new RawRegister(socket, credentials.username);
		const parser = mqttPacket.parser();
		const connack = new Promise<number>((resolve, reject) => {
			socket.once("close", () => reject(new Error("closed before CONNACK")));
			parser.on("packet", (packet) => {
				if (packet.cmd === "connack") resolve(packet.returnCode ?? -1);
				if (packet.cmd === "puback") register.#settle(packet.messageId as number, true);
			});
		});
		socket.on("data", (chunk) => parser.parse(chunk));
		socket.on("error", () => undefined);
		socket.on("close", () => {
			for (const messageId of [...register.#waiting.keys()]) register.#settle(messageId, false);
		});
		mqttPacket.writeToStream(
			{
				cmd: "connect",
				protocolId: "MQTT",
				protocolVersion: 4,
				clean: true,
				clientId: credentials.clientId,
				username: credentials.username,
				password: Buffer.from(credentials.password),
				keepalive: 0,
			},
			socket,
		);
		const returnCode = await connack;
		if (returnCode !== 0) throw new Error(`CONNACK ${returnCode}`);
		return register;
	}

	/** Publishes a sale; true once its PUBACK came, false where the connection ended before. */
	sell(sale: Sale): Promise<boolean> {
		const messageId = this.#nextMessageId++;
		return new Promise((settle) => {
			if (this.socket.destroyed) return settle(false);
			this.#waiting.set(messageId, { id: sale.id, settle });
			mqttPacket.writeToStream(
				{
					cmd: "publish",
					topic: salesTopic(this.#name),
					payload: JSON.stringify(sale),
					qos: 1,
					messageId,
					retain: false,
					dup: false,
				},
				this.socket,
			);
		});
	}

	close(): void {
		this.socket.destroy();
	}

	#settle(messageId: number, isAcknowledged: boolean): void {
		const waiting = this.#waiting.get(messageId);
		if (!waiting) return;
		this.#waiting.delete(messageId);
		if (isAcknowledged) this.acknowledged.add(waiting.id);
		waiting.settle(isAcknowledged);
	}
}
