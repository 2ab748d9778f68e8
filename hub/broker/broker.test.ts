import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { alert } from "@kassahub/contracts/alert.ts";
import { booking } from "@kassahub/contracts/booking.ts";
import { command } from "@kassahub/contracts/command.ts";
import { deviceState } from "@kassahub/contracts/device-state.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { reading } from "@kassahub/contracts/reading.ts";
import { rejection } from "@kassahub/contracts/rejection.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { connectAsync } from "mqtt";
import { expect, test } from "vitest";
import { createWebSocketStream, WebSocketServer } from "ws";
import { Books } from "../books/books.ts";
import { JournalError } from "../journal/journal-error.ts";
import type { Heard } from "./broker.ts";
import { login, newFolder, openShop, PaperBooks, publication, RawClient, subscribe } from "./wire.testing.ts";

const salesOf = (register: string) => topicOf(sale, { register });
const saleOf = (register: string) => ({ ...(sale.example as object), register });
const stateTopic = (device: string) => topicOf(deviceState, { device });
const stateOf = (device: string) => ({ ...(deviceState.example as object), device });

test("nobody gets in without credentials, or with wrong ones", async () => {
	await using shop = await openShop(new PaperBooks());
	const { username, password } = await shop.accounts.pair("register", "kassa-1");
	const anonymous = await login(shop.port, {});
	expect(anonymous.code).toBe(5);
	await anonymous.client.closed;
	expect((await login(shop.port, { username })).code).toBe(5);
	const wrong = await login(shop.port, { username, password: `${password}x` });
	expect(wrong.code).toBe(4);
	await wrong.client.closed;
	expect((await login(shop.port, { username: "nobody", password })).code).toBe(4);
	expect((await login(shop.port, { username, password })).code).toBe(0);
});

test("what a stranger publishes without waiting for CONNACK goes nowhere", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const client = new RawClient(shop.port);
	const connect = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId: "x" } as const;
	client.send(
		{ ...connect, username: "kassa-1", password: Buffer.from("guess") },
		publication(salesOf("kassa-1"), saleOf("kassa-1")),
	);
	await client.closed;
	expect(await client.next("puback")).toBeUndefined();
	expect(books.submissions).toEqual([]);
});

test("a client id of another account is refused; own ones and a passing one will do", async () => {
	await using shop = await openShop(new PaperBooks());
	const mine = await shop.accounts.pair("register", "kassa-1");
	const { clientId: theirs } = await shop.accounts.pair("register", "kassa-2");
	const other = await shop.accounts.pair("technician", "jan");
	const codeOf = async (clientId: string, clean: boolean) =>
		(await login(shop.port, { ...mine, clientId, clean })).code;
	expect(await codeOf("kassa-1", false)).toBe(0);
	expect(await codeOf("kassa-1-tablet", false)).toBe(0);
	expect(await codeOf("", true)).toBe(0);
	expect(await codeOf("mqttjs_1a2b", true)).toBe(0);
	expect(await codeOf("mqttjs_1a2b", false)).toBe(2);
	expect(await codeOf(theirs, true)).toBe(2);
	expect(await codeOf(`${theirs}-tablet`, true)).toBe(2);
	expect(await codeOf("x".repeat(200), true)).toBe(2);

	const { client } = await login(shop.port, { ...other, clientId: "mosq-1" });
	expect(await codeOf("mosq-1", true)).toBe(2);
	expect(await client.untilPing("publish")).toEqual([]);
});

test("a second connection with the same id takes over from the first", async () => {
	await using shop = await openShop(new PaperBooks());
	const credentials = await shop.accounts.pair("register", "kassa-1");
	const first = await login(shop.port, credentials);
	const second = await login(shop.port, credentials);
	await first.client.closed;
	expect(await second.client.untilPing("publish")).toEqual([]);
});

test("PUBACK leaves only when the books have the sale", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	books.isHeld = true;
	client.send(publication(salesOf("kassa-1"), saleOf("kassa-1"), { messageId: 42 }));
	const [submission] = await books.received(1);
	expect(submission).toMatchObject({ kind: "sale", source: "register:kassa-1", register: "kassa-1" });
	expect(submission?.topic).toBe(salesOf("kassa-1"));
	expect(JSON.parse(Buffer.from(submission?.payload ?? []).toString())).toEqual(saleOf("kassa-1"));
	const other = await login(shop.port, await shop.accounts.pair("register", "kassa-2"));
	await other.client.untilPing("publish");
	expect(client.socket.bytesRead).toBe(4);
	books.release();
	expect((await client.next("puback"))?.messageId).toBe(42);
});

test("a whole window of sales is with the books at once, so that they share one sync", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	books.isHeld = true;
	const window = Array.from({ length: 32 }, (_, index) =>
		publication(salesOf("kassa-1"), saleOf("kassa-1"), { messageId: index + 1 }),
	);
	client.send(...window);
	await books.received(32);
	books.release();
	for (const { messageId } of window) expect((await client.next("puback"))?.messageId).toBe(messageId);
});

test.each([
	["JOURNAL_DISK_FULL", 1],
	["JOURNAL_UNWRITABLE", 1],
	["JOURNAL_DISK_FULL", 2],
] as const)("on %s a sale of QoS %i is not acknowledged and its connection is cut", async (code, qos) => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const credentials = await shop.accounts.pair("register", "kassa-1");
	const { client } = await login(shop.port, credentials);
	books.fault = new JournalError(code, new Error("no space left"));
	client.send(publication(salesOf("kassa-1"), saleOf("kassa-1"), { qos }));
	await client.closed;
	expect(client.socket.bytesRead).toBe(4);
	books.fault = undefined;
	const again = await login(shop.port, credentials);
	again.client.send(publication(salesOf("kassa-1"), saleOf("kassa-1"), { dup: true }));
	expect((await again.client.next("puback"))?.messageId).toBe(1);
});

test("a sale of QoS 2 is received and completed, after the books have it", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	client.send(publication(salesOf("kassa-1"), saleOf("kassa-1"), { qos: 2, messageId: 9 }));
	expect((await client.next("pubrec"))?.messageId).toBe(9);
	expect(books.submissions).toHaveLength(1);
	client.send({ cmd: "pubrel", messageId: 9 });
	expect((await client.next("pubcomp"))?.messageId).toBe(9);
});

test("with real books a register hears its bookings in order, and a redelivery is the first booking", async () => {
	const dataDir = await newFolder();
	const books = await Books.open({ dataDir });
	try {
		await using shop = await openShop(books, dataDir);
		const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
		expect(await subscribe(client, topicOf(booking, { register: "kassa-1" }))).toEqual([1]);
		const ids = Array.from({ length: 50 }, (_, index) => `019309a0-5a3f-7c11-b6d2-${String(index).padStart(12, "0")}`);
		client.send(
			...ids.map((id, index) =>
				publication(salesOf("kassa-1"), { ...saleOf("kassa-1"), id }, { messageId: index + 1 }),
			),
		);
		for (const [index, id] of ids.entries()) {
			const heard = await client.next("publish");
			expect(JSON.parse(String(heard?.payload))).toMatchObject({ id, number: index + 1, duplicate: false });
		}
		client.send(publication(salesOf("kassa-1"), { ...saleOf("kassa-1"), id: ids[7] }, { messageId: 99, dup: true }));
		const again = await client.next("publish");
		expect(JSON.parse(String(again?.payload))).toMatchObject({ id: ids[7], number: 8, duplicate: true });
	} finally {
		await books.close();
	}
});

test("a sale in another register's name is quarantined, and its true sender is told", async () => {
	const dataDir = await newFolder();
	const books = await Books.open({ dataDir });
	try {
		await using shop = await openShop(books, dataDir);
		const { client: victim } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
		await subscribe(victim, topicOf(rejection, { register: "kassa-1" }));
		const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-2"));
		await subscribe(client, topicOf(rejection, { register: "kassa-2" }));
		client.send(publication(salesOf("kassa-1"), saleOf("kassa-1")));
		const told = await client.next("publish");
		expect(told?.topic).toBe(topicOf(rejection, { register: "kassa-2" }));
		expect(JSON.parse(String(told?.payload)).reasons).toEqual([expect.objectContaining({ code: "SENDER_WRONG" })]);
		expect((await client.next("puback"))?.messageId).toBe(1);
		expect(await victim.untilPing("publish")).toEqual([]);
		expect(await books.quarantine()).toHaveLength(1);
		expect(books.head().number).toBe(0);
	} finally {
		await books.close();
	}
});

test.each([
	["a booking", "register", topicOf(booking, { register: "voor" })],
	["a topic of nobody", "register", "kassahub/nothing"],
	["$SYS", "technician", "$SYS/broker"],
	["another sensor's state", "sensor", stateTopic("achter")],
	["a sale of a technician", "technician", salesOf("voor")],
] as const)("publishing %s cuts the connection without an acknowledgement", async (_, kind, topic) => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const { client } = await login(shop.port, await shop.accounts.pair(kind, "voor"));
	client.send(publication(topic, {}));
	await client.closed;
	expect(client.socket.bytesRead).toBe(4);
	expect(books.submissions).toEqual([]);
});

test("a forbidden filter is refused in SUBACK and hears nothing, those beside it do", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, { ...(await shop.accounts.pair("register", "kassa-1")), clean: false });
	const foreign = topicOf(booking, { register: "kassa-2" });
	expect(await subscribe(client, foreign, alert.topic, "#")).toEqual([128, 1, 128]);
	shop.broker.publish(booking, { register: "kassa-2" }, booking.example);
	shop.broker.publish(alert, {}, alert.example);
	expect((await client.next("publish"))?.topic).toBe(alert.topic);
	expect(await client.untilPing("publish")).toEqual([]);
});

test("a device's state reaches the hub, who listens now, and who comes later", async () => {
	await using shop = await openShop(new PaperBooks());
	const register = await shop.accounts.pair("register", "kassa-1");
	const { client } = await login(shop.port, register);
	await subscribe(client, "kassahub/devices/+/state");
	const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
	const heard = once(shop.broker, "message") as Promise<[Heard]>;
	bridge.send(publication(stateTopic("bonprinter"), stateOf("bonprinter"), { retain: true }));
	expect((await heard)[0]).toEqual({
		name: "device-state",
		levels: { device: "bonprinter" },
		value: stateOf("bonprinter"),
		from: { name: "bridge", kind: "bridge" },
		holdFor: expect.any(Function),
	});
	expect(await client.next("publish")).toMatchObject({ topic: stateTopic("bonprinter"), retain: false });
	const later = await login(shop.port, { ...register, clientId: "kassa-1-late" });
	await subscribe(later.client, "kassahub/devices/+/state");
	expect(await later.client.next("publish")).toMatchObject({ topic: stateTopic("bonprinter"), retain: true });
});

test("a state that is taken back is heard by the hub, and by nobody who comes later", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
	bridge.send(publication(stateTopic("bonprinter"), stateOf("bonprinter"), { retain: true }));
	await bridge.next("puback");
	const cleared = once(shop.broker, "cleared");
	bridge.send(publication(stateTopic("bonprinter"), "", { retain: true }));
	expect((await cleared)[0]).toEqual({ name: "device-state", levels: { device: "bonprinter" } });
	await bridge.next("puback");
	const later = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	await subscribe(later.client, "kassahub/devices/+/state");
	expect(await later.client.untilPing("publish")).toEqual([]);
});

test.each([
	["not JSON", "{"],
	["not its schema", { ...stateOf("sensor-1"), state: "fine" }],
	["another device's", stateOf("bonprinter")],
])("a device's state that is %s goes no further, and its sender is not cut", async (_, value) => {
	await using shop = await openShop(new PaperBooks());
	const heard: Heard[] = [];
	shop.broker.on("message", (message) => heard.push(message));
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	await subscribe(client, "kassahub/devices/+/state");
	const { client: sensor } = await login(shop.port, await shop.accounts.pair("sensor", "sensor-1"));
	sensor.send(publication(stateTopic("sensor-1"), value, { retain: true }));
	expect((await sensor.next("puback"))?.messageId).toBe(1);
	expect(await client.untilPing("publish")).toEqual([]);
	await subscribe(client, "kassahub/devices/sensor-1/state");
	expect(await client.untilPing("publish")).toEqual([]);
	expect(heard).toEqual([]);
});

test("only what the contract retains is retained", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	const topic = topicOf(command, { device: "bonprinter" });
	client.send(publication(topic, command.example, { retain: true }));
	expect(await client.next("puback")).toBeDefined();
	const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
	await subscribe(bridge, topic);
	expect(await bridge.untilPing("publish")).toEqual([]);
});

test("a last will is checked at CONNECT, and sent when the connection breaks", async () => {
	await using shop = await openShop(new PaperBooks());
	const sensor = await shop.accounts.pair("sensor", "sensor-1");
	const willOn = (topic: string, value: unknown) => ({
		will: { topic, payload: Buffer.from(JSON.stringify(value)), qos: 1, retain: true } as const,
	});
	expect((await login(shop.port, { ...sensor, ...willOn(stateTopic("bonprinter"), {}) })).code).toBe(5);
	expect((await login(shop.port, { ...sensor, ...willOn(stockMovement.topic, stockMovement.example) })).code).toBe(5);
	const { client: listener } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	await subscribe(listener, "kassahub/devices/+/state");
	const gone = { ...stateOf("sensor-1"), state: "offline" };
	const { client, code } = await login(shop.port, { ...sensor, ...willOn(stateTopic("sensor-1"), gone) });
	expect(code).toBe(0);
	client.socket.destroy();
	expect(JSON.parse(String((await listener.next("publish"))?.payload))).toEqual(gone);
});

test("a revoked account is cut at once and finds no session when it is paired again", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, { ...(await shop.accounts.pair("register", "kassa-1")), clean: false });
	await subscribe(client, alert.topic);
	await shop.accounts.revoke("kassa-1");
	await client.closed;
	const again = await shop.accounts.pair("register", "kassa-1");
	expect(await login(shop.port, { ...again, clean: false })).toMatchObject({ code: 0, isPresent: false });
});

test("pairing anew cuts whoever holds the old credentials, and keeps the session", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, { ...(await shop.accounts.pair("register", "kassa-1")), clean: false });
	await subscribe(client, alert.topic);
	const again = await shop.accounts.pair("register", "kassa-1");
	await client.closed;
	expect(await login(shop.port, { ...again, clean: false })).toMatchObject({ code: 0, isPresent: true });
});

test("a packet larger than any message is refused by its header, earlier still before the login", async () => {
	await using shop = await openShop(new PaperBooks());
	const stranger = new RawClient(shop.port);
	stranger.socket.write(Buffer.from([0x10, 0xff, 0xff, 0x03]));
	await stranger.closed;
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	client.socket.write(Buffer.from([0x32, 0xff, 0xff, 0x1f]));
	await client.closed;
});

test("a sale of 500 long lines fits", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	const line = {
		...(sale.example.lines[0] as object),
		sku: "x".repeat(40),
		name: "é".repeat(80),
		discount: -1_000_000,
	};
	client.send(publication(salesOf("kassa-1"), { ...saleOf("kassa-1"), lines: Array(500).fill(line) }));
	expect(await client.next("puback")).toBeDefined();
});

test("a client that stops reading holds nobody else up", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client: asleep } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	await subscribe(asleep, alert.topic, "kassahub/devices/+/readings");
	asleep.socket.pause();
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-2"));
	await subscribe(client, alert.topic);
	const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
	const long = { ...(reading.example as object), note: "x".repeat(100_000) };
	for (let round = 0; round < 200; round++) {
		bridge.send(publication(topicOf(reading, { device: "weegschaal" }), long, { qos: 0 }));
	}
	await bridge.untilPing("publish");
	shop.broker.publish(alert, {}, alert.example);
	expect((await client.next("publish"))?.topic).toBe(alert.topic);
});

test("MQTT.js with its defaults sells over TCP and over WebSocket", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const { username, password } = await shop.accounts.pair("register", "kassa-1");
	const server = createServer();
	const sockets = new WebSocketServer({ server, path: "/mqtt" });
	sockets.on("connection", (socket, request) => shop.broker.attachStream(createWebSocketStream(socket), request));
	await once(server.listen(0, "127.0.0.1"), "listening");
	const { port } = server.address() as AddressInfo;
	for (const url of [`mqtt://127.0.0.1:${shop.port}`, `ws://127.0.0.1:${port}/mqtt`]) {
		const client = await connectAsync(url, { username, password, reconnectPeriod: 0 });
		await client.publishAsync(salesOf("kassa-1"), JSON.stringify(saleOf("kassa-1")), { qos: 1 });
		await client.endAsync();
	}
	expect(books.submissions).toHaveLength(2);
	sockets.close();
	server.close();
});
