/**
 * The broker's own ceiling: acknowledged sales per second with books that resolve at the next turn of the event loop.
 * Usage: node bench/broker-path.ts [publishers] [window] [seconds] [--listen]
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Booking } from "@kassahub/contracts/booking.ts";
import { booking } from "@kassahub/contracts/booking.ts";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { generate } from "mqtt-packet";
import { pino } from "pino";
import type { Outcome } from "../hub/books/submission.ts";
import { Broker } from "../hub/broker/broker.ts";
import { Accounts } from "../hub/pairing/accounts.ts";

type Task = { port: number; window: number; seconds: number; isListening: boolean; credentials: Credentials[] };
type Figures = { acknowledged: number; bookings: number; seconds: number; p50Ms: number; p99Ms: number };

async function measure(): Promise<void> {
	const [publishers, window, seconds] = [2, 3, 4].map((index) => Number(process.argv[index]) || undefined);
	const dataDir = mkdtempSync(join(tmpdir(), "kassahub-bench-"));
	const accounts = await Accounts.open(join(dataDir, "pairings.json"));
	const books = new InstantBooks();
	const broker = await Broker.open({ dataDir, books, accounts, log: pino({ level: "warn" }) });
	const port = await broker.attachTcp(0, "127.0.0.1");
	const credentials: Credentials[] = [];
	for (let index = 0; index < (publishers ?? 20); index++) {
		credentials.push(await accounts.pair("register", `kassa-${index}`));
	}
	const generator = fork(import.meta.filename);
	const before = process.cpuUsage();
	const figures = await new Promise<Figures>((resolve) => {
		generator.once("message", (message) => resolve(message as Figures));
		const isListening = process.argv.includes("--listen");
		generator.send({ port, window: window ?? 32, seconds: seconds ?? 5, isListening, credentials } satisfies Task);
	});
	const cpu = process.cpuUsage(before);
	generator.disconnect();
	await broker.close();
	rmSync(dataDir, { recursive: true });
	console.log(
		JSON.stringify({
			...figures,
			perSecond: Math.round(figures.acknowledged / figures.seconds),
			perCommit: Math.round((10 * books.submitted) / books.commits) / 10,
			brokerMicrosecondsEach: Math.round((10 * (cpu.user + cpu.system)) / figures.acknowledged) / 10,
		}),
	);
}

class InstantBooks {
	submitted = 0;
	commits = 0;
	#waiting: (() => void)[] = [];

	submit(): Promise<Outcome> {
		const number = ++this.submitted;
		return new Promise((resolve) => {
			if (this.#waiting.length === 0) setImmediate(() => this.#commit());
			const answer: Booking = { ...booking.example, number } as Booking;
			this.#waiting.push(() => resolve({ status: "booked", booking: answer }));
		});
	}

	#commit(): void {
		this.commits++;
		for (const resolve of this.#waiting.splice(0)) resolve();
	}
}

async function publishAll({ port, window, seconds, isListening, credentials }: Task): Promise<Figures> {
	const delays: number[] = [];
	let acknowledged = 0;
	let bookings = 0;
	let isOver = false;
	const ready = credentials.map(async ({ username, password }) => {
		const socket = connect({ port, host: "127.0.0.1", noDelay: true });
		socket.write(
			generate({
				cmd: "connect",
				protocolId: "MQTT",
				protocolVersion: 4,
				clean: true,
				clientId: username,
				keepalive: 0,
				username,
				password: Buffer.from(password),
			}),
		);
		await new Promise((resolve) => socket.once("data", resolve));
		if (isListening) {
			const topic = topicOf(booking, { register: username });
			socket.write(generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 0 }] }));
			await new Promise((resolve) => socket.once("data", resolve));
		}
		return { socket, username };
	});
	const all = await Promise.all(ready);
	const startedAt = performance.now();
	for (const { socket, username } of all) {
		const packet = generate({
			cmd: "publish",
			qos: 1,
			dup: false,
			retain: false,
			messageId: 1,
			topic: topicOf(sale, { register: username }),
			payload: JSON.stringify({ ...sale.example, register: username }),
		});
		const idAt = packet.indexOf(username) + username.length + "/sales".length;
		const sentAt = new Float64Array(65_536);
		let next = 0;
		const send = (count: number) => {
			const chunk = Buffer.allocUnsafe(count * packet.length);
			const now = performance.now();
			for (let index = 0; index < count; index++) {
				next = (next % 65_535) + 1;
				sentAt[next] = now;
				chunk.set(packet, index * packet.length);
				chunk.writeUInt16BE(next, index * packet.length + idAt);
			}
			socket.write(chunk);
		};
		let rest: Buffer = Buffer.alloc(0);
		socket.on("data", (data: Buffer) => {
			const now = performance.now();
			let bytes = rest.length > 0 ? Buffer.concat([rest, data]) : data;
			let count = 0;
			while (bytes.length >= 4) {
				// Each packet is a PUBACK of four bytes, or a booking whose remaining length takes one or two.
				const isLong = (bytes[1] as number) > 127;
				const length = isLong
					? ((bytes[1] as number) & 127) + (bytes[2] as number) * 128 + 3
					: (bytes[1] as number) + 2;
				if (bytes.length < length) break;
				if (bytes[0] === 0x40) {
					count++;
					const delay = now - (sentAt[bytes.readUInt16BE(2)] as number);
					if ((acknowledged + count) % 16 === 0) delays.push(delay);
				} else bookings++;
				bytes = bytes.subarray(length);
			}
			rest = bytes;
			acknowledged += count;
			if (!isOver && count > 0) send(count);
		});
		send(window);
	}
	await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
	isOver = true;
	const elapsed = (performance.now() - startedAt) / 1000;
	for (const { socket } of all) socket.destroy();
	delays.sort((a, b) => a - b);
	const at = (share: number): number => Math.round(100 * (delays[Math.floor(delays.length * share)] ?? 0)) / 100;
	return { acknowledged, bookings, seconds: elapsed, p50Ms: at(0.5), p99Ms: at(0.99) };
}

if (process.send)
	process.once("message", (task: Task) => void publishAll(task).then((figures) => process.send?.(figures)));
else await measure();
