import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { booking } from "@kassahub/contracts/booking.ts";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { generate, type IConnectPacket, type IPublishPacket, type Packet, parser } from "mqtt-packet";
import { pino } from "pino";
import type { Outcome, Submission } from "../books/submission.ts";
import { Accounts } from "../pairing/accounts.ts";
import { type BookKeeper, Broker } from "./broker.ts";

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "kassahub-"));
export const silent = pino({ level: "silent" });

/** Books in memory whose answers a test can hold back. */
export class PaperBooks implements BookKeeper {
	readonly submissions: Submission[] = [];
	isHeld = false;
	fault: Error | undefined;
	#held: (() => void)[] = [];
	#arrivals: (() => void)[] = [];

	submit(submission: Submission): Promise<Outcome> {
		const number = this.submissions.push(submission);
		for (const arrived of this.#arrivals) arrived();
		if (this.fault) return Promise.reject(this.fault);
		const outcome: Outcome = { status: "booked", booking: { ...(booking.example as object), number } as never };
		if (!this.isHeld) return Promise.resolve(outcome);
		return new Promise((resolve) => this.#held.push(() => resolve(outcome)));
	}

	release(): void {
		this.isHeld = false;
		for (const resolve of this.#held.splice(0)) resolve();
	}

	async received(count: number): Promise<Submission[]> {
		while (this.submissions.length < count) await new Promise<void>((resolve) => this.#arrivals.push(resolve));
		return this.submissions;
	}
}

export type Shop = {
	dataDir: string;
	port: number;
	broker: Broker;
	accounts: Accounts;
	[Symbol.asyncDispose](): Promise<void>;
};

/** A broker of its own for one test, with what its last run left in `dataDir`. */
export async function openShop(books: BookKeeper, dataDir?: string): Promise<Shop> {
	const folder = dataDir ?? (await newFolder());
	const accounts = await Accounts.open(join(folder, "pairings.json"));
	const broker = await Broker.open({ dataDir: folder, books, accounts, log: silent });
	const port = await broker.attachTcp(0, "127.0.0.1");
	return { dataDir: folder, port, broker, accounts, [Symbol.asyncDispose]: () => broker.close() };
}

type Login = Partial<Pick<IConnectPacket, "clientId" | "clean" | "will">> & Partial<Credentials>;

/** A client that speaks MQTT packet by packet. */
export class RawClient {
	readonly closed: Promise<unknown>;
	readonly socket: Socket;
	readonly #received: Packet[] = [];
	#arrivals: (() => void)[] = [];
	#isClosed = false;

	constructor(port: number) {
		this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
		this.socket.on("error", () => undefined);
		this.closed = once(this.socket, "close").then(() => {
			this.#isClosed = true;
			this.#wake();
		});
		const packets = parser({ protocolVersion: 4 });
		packets.on("packet", (packet) => {
			this.#received.push(packet);
			this.#wake();
		});
		this.socket.on("data", (data: Buffer) => packets.parse(data));
	}

	send(...packets: Packet[]): void {
		this.socket.write(Buffer.concat(packets.map((packet) => generate(packet))));
	}

	/** The next packet of this kind, in order; undefined where the connection closes first. */
	async next<C extends Packet["cmd"]>(cmd: C): Promise<Extract<Packet, { cmd: C }> | undefined> {
		for (;;) {
			const index = this.#received.findIndex((packet) => packet.cmd === cmd);
			if (index >= 0) return this.#received.splice(index, 1)[0] as Extract<Packet, { cmd: C }>;
			if (this.#isClosed) return undefined;
			await new Promise<void>((resolve) => this.#arrivals.push(resolve));
		}
	}

	/** Everything of this kind that came before the answer to a ping sent now. */
	async untilPing<C extends Packet["cmd"]>(cmd: C): Promise<Extract<Packet, { cmd: C }>[]> {
		this.send({ cmd: "pingreq" });
		await this.next("pingresp");
		return this.#received.filter((packet) => packet.cmd === cmd) as Extract<Packet, { cmd: C }>[];
	}

	#wake(): void {
		for (const wake of this.#arrivals.splice(0)) wake();
	}
}

/** Sends CONNECT and returns the client with the code of its CONNACK. */
export async function login(port: number, { password, ...fields }: Login) {
	const client = new RawClient(port);
	const { clientId = fields.username ?? "", clean = true, username, will } = fields;
	client.send({
		cmd: "connect",
		protocolId: "MQTT",
		protocolVersion: 4,
		clean,
		clientId,
		keepalive: 0,
		...(username === undefined ? {} : { username }),
		...(password === undefined ? {} : { password: Buffer.from(password) }),
		...(will === undefined ? {} : { will }),
	});
	const connack = await client.next("connack");
	return { client, code: connack?.returnCode, isPresent: connack?.sessionPresent };
}

export async function subscribe(client: RawClient, ...topics: string[]): Promise<unknown[] | undefined> {
	client.send({ cmd: "subscribe", messageId: 7, subscriptions: topics.map((topic) => ({ topic, qos: 1 })) });
	return (await client.next("suback"))?.granted;
}

export const publication = (topic: string, value: unknown, fields: Partial<IPublishPacket> = {}): IPublishPacket => ({
	cmd: "publish",
	qos: 1,
	dup: false,
	retain: false,
	messageId: 1,
	topic,
	payload: typeof value === "string" ? value : JSON.stringify(value),
	...fields,
});
