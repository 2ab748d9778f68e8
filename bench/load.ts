// A process of its own: registers on bare sockets that publish real sales at QoS 1 and time each PUBACK.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { lineTotal } from "@kassahub/contracts/money.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import mqttPacket from "mqtt-packet";
import { uuidv7 } from "uuidv7";
import { percentile } from "./figures.ts";

export type Login = { clientId: string; username: string; password: string };
export type LoadOrder = {
	port: number;
	logins: Login[];
	/** Publishes each register has under way. */
	window: number;
	warmUpMs: number;
	measureMs: number;
};
export type LoadReport = { perSecond: number; p50Ms: number; p99Ms: number; acknowledged: number };

const MESSAGE_IDS = 65_535;
const UUID_LENGTH = 36;
/** Hexadecimal digits at the end of an id that count the sales of a register: cheaper than a new id each, and as unique. */
const COUNTER_LENGTH = 12;

/** What every sale of the load consists of; a hub has them in its catalogue, as a shop would. */
export const soldProducts: readonly Product[] = [
	{ sku: "4002", name: "Elstar", group: "groente-fruit", unit: "kg", unitPrice: 299, vatRate: 900 },
	{ sku: "10001", name: "Roomboter ongezouten 250 g", group: "kaas", unit: "pcs", unitPrice: 329, vatRate: 900 },
	{ sku: "20011", name: "Afwasborstel hout", group: "huishouden", unit: "pcs", unitPrice: 449, vatRate: 2100 },
];

/** The parts of a believable sale of three lines around its id: about 600 bytes. */
function saleAround(register: string): [before: string, after: string] {
	const lines = soldProducts.map(({ sku, name, unit, unitPrice, vatRate }, index) => {
		const quantity = [1250, 2000, 1000][index] as number;
		return { sku, name, quantity, unit, unitPrice, vatRate, total: lineTotal({ quantity, unitPrice }) };
	});
	const sale = JSON.stringify({
		id: "ID",
		register,
		at: new Date().toISOString(),
		receiptNumber: "2026-004711",
		employee: "m12",
		lines,
		payments: [{ method: "cash", amount: 1480, tendered: 2000, change: 520 }],
		rounding: -1,
		total: 1481,
	});
	return sale.split("ID") as [string, string];
}

class LoadingRegister {
	readonly latencies: number[] = [];
	readonly #socket: Socket;
	/** A whole PUBLISH, in which only the message id and the end of the sale's id change. */
	readonly #packet: Buffer;
	readonly #messageIdAt: number;
	readonly #counterAt: number;
	#counter = 0;
	readonly #sentAt = new Float64Array(MESSAGE_IDS + 1);
	#messageId = 0;
	#rest: Buffer = Buffer.alloc(0);
	measuring = false;
	stopped = false;

	private constructor(socket: Socket, name: string) {
		this.#socket = socket;
		const topic = Buffer.from(`kassahub/registers/${name}/sales`);
		const [before, after] = saleAround(name);
		const payload = Buffer.from(before + uuidv7() + after);
		const length = 2 + topic.length + 2 + payload.length;
		// MQTT 3.1.1 §2.2.3: a length below 16,384 takes two bytes.
		const head = Buffer.from([0x32, (length & 0x7f) | 0x80, length >> 7, topic.length >> 8, topic.length & 0xff]);
		this.#packet = Buffer.concat([head, topic, Buffer.alloc(2), payload]);
		this.#messageIdAt = head.length + topic.length;
		this.#counterAt = this.#messageIdAt + 2 + Buffer.byteLength(before) + UUID_LENGTH - COUNTER_LENGTH;
		socket.on("data", (chunk) => this.#take(chunk));
	}

	static async connect(port: number, login: Login): Promise<LoadingRegister> {
		const socket = connect({ port, host: "127.0.0.1", noDelay: true });
		await once(socket, "connect");
		mqttPacket.writeToStream(
			{
				cmd: "connect",
				protocolId: "MQTT",
				protocolVersion: 4,
				clean: true,
				keepalive: 0,
				...login,
				password: Buffer.from(login.password),
			},
			socket,
		);
		const [connack] = (await once(socket, "data")) as [Buffer];
		if (connack[0] !== 0x20 || connack[3] !== 0) throw new Error(`CONNACK ${connack.toString("hex")}`);
		socket.on("close", () => {
			throw new Error("the broker closed a register's connection");
		});
		return new LoadingRegister(socket, login.username);
	}

	publish(count: number): void {
		const packets = Buffer.allocUnsafe(count * this.#packet.length);
		const now = performance.now();
		for (let index = 0, at = 0; index < count; index++, at += this.#packet.length) {
			this.#messageId = (this.#messageId % MESSAGE_IDS) + 1;
			this.#packet.copy(packets, at);
			packets.writeUInt16BE(this.#messageId, at + this.#messageIdAt);
			packets.write((this.#counter++).toString(16).padStart(COUNTER_LENGTH, "0"), at + this.#counterAt, "latin1");
			this.#sentAt[this.#messageId] = now;
		}
		this.#socket.write(packets);
	}

	#take(chunk: Buffer): void {
		const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
		const now = performance.now();
		let acknowledged = 0;
		let at = 0;
		for (; at + 4 <= bytes.length; at += 4) {
			if (bytes[at] !== 0x40) throw new Error(`expected PUBACK, got ${bytes.subarray(at, at + 8).toString("hex")}`);
			if (this.measuring) this.latencies.push(now - (this.#sentAt[bytes.readUInt16BE(at + 2)] as number));
			acknowledged++;
		}
		this.#rest = bytes.subarray(at);
		if (!this.stopped && acknowledged > 0) this.publish(acknowledged);
	}
}

async function load(order: LoadOrder): Promise<LoadReport> {
	const registers: LoadingRegister[] = [];
	for (const login of order.logins) registers.push(await LoadingRegister.connect(order.port, login));
	for (const register of registers) register.publish(order.window);
	await new Promise((resolve) => setTimeout(resolve, order.warmUpMs));
	const startedAt = performance.now();
	for (const register of registers) register.measuring = true;
	await new Promise((resolve) => setTimeout(resolve, order.measureMs));
	for (const register of registers) register.measuring = false;
	const elapsedMs = performance.now() - startedAt;
	const latencies = registers.flatMap((register) => register.latencies);
	return {
		acknowledged: latencies.length,
		perSecond: (latencies.length / elapsedMs) * 1000,
		p50Ms: percentile(latencies, 0.5),
		p99Ms: percentile(latencies, 0.99),
	};
}

process.once("message", (order: LoadOrder) => {
	void load(order).then((report) => process.send?.(report, () => process.exit(0)));
});
