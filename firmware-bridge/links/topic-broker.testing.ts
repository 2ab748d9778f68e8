import { EventEmitter, once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Aedes, type AedesPublishPacket, type Client } from "aedes";
import type { BrokerAccess } from "./link.ts";

/** A broker for one test, over a real socket: what was said on it, who is on it, and the plug to pull. */
export class TryBroker {
	readonly access: BrokerAccess;
	/** Everything that was published on it, oldest first. */
	readonly said: { topic: string; payload: string; retain: boolean; from: string | undefined }[] = [];
	readonly #aedes: Aedes;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	readonly #heard = new EventEmitter();

	static async open({ port = 0, password = "geheim" } = {}): Promise<TryBroker> {
		const aedes = await Aedes.createBroker({
			authenticate: (_, username, given, answer) => {
				const isRight = username === "bridge" && given?.toString() === password;
				answer(isRight ? null : Object.assign(new Error("wrong credentials"), { returnCode: 4 as const }), isRight);
			},
			// The hub's broker lets nobody hear everything.
			authorizeSubscribe: (_, subscription, answer) =>
				answer(null, subscription.topic.startsWith("#") ? null : subscription),
		});
		const server = createServer(aedes.handle);
		await once(server.listen(port, "127.0.0.1"), "listening");
		return new TryBroker(aedes, server, password);
	}

	private constructor(aedes: Aedes, server: Server, password: string) {
		this.#aedes = aedes;
		this.#server = server;
		this.access = { url: `mqtt://127.0.0.1:${this.port}`, username: "bridge", password };
		this.#heard.setMaxListeners(0);
		server.on("connection", (socket) => {
			this.#sockets.add(socket);
			socket.once("close", () => this.#sockets.delete(socket));
		});
		aedes.on("publish", ({ topic, payload, retain }: AedesPublishPacket, client: Client | null) => {
			if (topic.startsWith("$SYS")) return;
			this.said.push({ topic, payload: payload.toString(), retain, from: client?.id });
			this.#heard.emit("heard");
		});
		aedes.on("subscribe", () => this.#heard.emit("heard"));
		aedes.on("clientDisconnect", () => this.#heard.emit("heard"));
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	/** The client ids that are connected. */
	get clients(): string[] {
		return [...this.#sockets].flatMap((socket) => (socket as unknown as { client?: Client }).client?.id ?? []);
	}

	say(topic: string, payload: string | Uint8Array, retain = false): Promise<void> {
		const packet = { cmd: "publish", topic, payload: Buffer.from(payload), qos: 0, retain, dup: false } as const;
		return new Promise((resolve) => this.#aedes.publish(packet, () => resolve()));
	}

	/** Resolves when something that happens on the broker makes `look` find what it looks for. */
	async until<T>(look: () => T | undefined | false): Promise<T> {
		for (;;) {
			const found = look();
			if (found) return found;
			await once(this.#heard, "heard");
		}
	}

	/** Pulls the plug of everyone who is connected. */
	cut(): void {
		for (const socket of this.#sockets) socket.destroy();
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
		await new Promise((resolve) => this.#server.close(resolve));
	}
}
