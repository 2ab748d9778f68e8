// A process of its own: registers on bare sockets that publish real sales at QoS 1 and time each PUBACK.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
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

/** The parts of a believable sale of three lines around its id: about 600 bytes. */
function saleAround(register: string): [before: string, after: string] {
	const lines = [
		{ sku: "4002", name: "Elstar", quantity: 1250, unit: "kg", unitPrice: 299, vatRate: 900, total: 374 },
		{
			sku: "10001",
			name: "Roomboter ongezouten 250 g",
			quantity: 2000,
			unit: "pcs",
			unitPrice: 329,
			vatRate: 900,
			total: 658,
		},
		{ sku: "20011", name: "Afwasborstel hout", quantity: 1000, unit: "pcs", unitPrice: 449, vatRate: 2100, total: 449 },
	];
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
	readonly #before: Buffer;
	readonly #after: Buffer;
	readonly #sentAt = new Float64Array(MESSAGE_IDS + 1);
	#messageId = 0;
	#rest: Buffer = Buffer.alloc(0);
	measuring = false;
	stopped = false;

	private constructor(socket: Socket, name: string) {
		this.#socket = socket;
		const topic = Buffer.from(`kassahub/registers/${name}/sales`);
		const [before, after] = saleAround(name);
		const length = 2 + topic.length + 2 + before.length + 36 + after.length;
		// MQTT 3.1.1 §2.2.3: a length below 16,384 takes two bytes.
		const head = Buffer.from([0x32, (length & 0x7f) | 0x80, length >> 7, topic.length >> 8, topic.length & 0xff]);
		this.#before = Buffer.concat([head, topic, Buffer.alloc(2), Buffer.from(before)]);
		this.#after = Buffer.from(after);
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
		this.#socket.cork();
		for (let index = 0; index < count; index++) {
			this.#messageId = (this.#messageId % MESSAGE_IDS) + 1;
			const packet = Buffer.concat([this.#before, Buffer.from(uuidv7()), this.#after]);
			const idAt = 5 + packet.readUInt16BE(3);
			packet.writeUInt16BE(this.#messageId, idAt);
			this.#sentAt[this.#messageId] = performance.now();
			this.#socket.write(packet);
		}
		process.nextTick(() => this.#socket.uncork());
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
