import { once } from "node:events";
import { alert } from "@kassahub/contracts/alert.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { reading } from "@kassahub/contracts/reading.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { expect, test } from "vitest";
import { login, openShop, PaperBooks, publication, RawClient, subscribe } from "./wire.testing.ts";

const salesOf = (register: string): string => topicOf(sale, { register });

test("a packet that is too large ends its connection by its header, with nothing of its body read", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	// PUBLISH at QoS 1 that announces 268 MB, the most that MQTT can (3.1.1 §2.2.3), and sends six bytes of it.
	client.socket.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x01, 0x61, 0x00, 0x01, 0x78]));
	await client.closed;
	expect(shop.broker.clientCount).toBe(0);
});

test("a topic or filter longer than any of the contract's is refused, however many levels it has", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const credentials = await shop.accounts.pair("register", "kassa-1");
	for (const topic of [salesOf("x".repeat(300)), `kassahub/${"x/".repeat(30_000)}`, `kassahub/${"/".repeat(65_000)}`]) {
		// A filter with an empty last level ends the connection, any other is refused by itself.
		const listener = await login(shop.port, credentials);
		expect([undefined, [128]]).toContainEqual(await subscribe(listener.client, topic));
		const { client } = await login(shop.port, credentials);
		client.send(publication(topic, sale.example));
		expect(await client.next("puback")).toBeUndefined();
	}
	expect(books.submissions).toEqual([]);
	expect((await login(shop.port, credentials)).code).toBe(0);
});

test.each(["register", "technician"] as const)("a %s has a bounded number of filters", async (kind) => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, await shop.accounts.pair(kind, "een"));
	const filters = Array.from({ length: 1050 }, (_, index) => `kassahub/stock/levels/${index}`);
	const granted = await subscribe(client, ...filters);
	expect(granted?.filter((code) => code === 1)).toHaveLength(1000);
	expect(await subscribe(client, filters[0] as string, alert.topic)).toEqual([1, 128]);
});

test("who keeps asking for what is refused is cut", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	expect(await subscribe(client, ...Array.from({ length: 100 }, (_, index) => `secret/${index}`))).toHaveLength(100);
	await subscribe(client, "one/more");
	await client.closed;
});

test("an account is connected so many times at once and no more, and may always take its own place over", async () => {
	await using shop = await openShop(new PaperBooks());
	const credentials = await shop.accounts.pair("register", "kassa-1");
	const connect = (index: number) => login(shop.port, { ...credentials, clientId: `kassa-1-${index}` });
	const clients = [];
	for (let index = 0; index < 64; index++) clients.push(await connect(index));
	expect(clients.map(({ code }) => code)).toEqual(Array(64).fill(0));
	expect((await connect(64)).code).toBe(3);
	expect((await connect(7)).code).toBe(0);
	await clients[7]?.client.closed;
	expect((await login(shop.port, await shop.accounts.pair("register", "kassa-2"))).code).toBe(0);
	clients[0]?.client.socket.destroy();
	await clients[0]?.client.closed;
	while ((await connect(64)).code !== 0) await new Promise(setImmediate);
});

test("who connects and says nothing, or half a CONNECT, keeps nobody out", async () => {
	await using shop = await openShop(new PaperBooks());
	const silent = Array.from({ length: 200 }, () => new RawClient(shop.port));
	await Promise.all(silent.map(({ socket }) => once(socket, "connect")));
	for (const { socket } of silent) socket.write(Buffer.from([0x10, 0x40, 0x00, 0x04]));
	expect((await login(shop.port, await shop.accounts.pair("register", "kassa-1"))).code).toBe(0);
	for (const { socket } of silent) socket.destroy();
});

test.each([
	[
		"readings at QoS 0",
		topicOf(reading, { device: "schap-1" }),
		{ ...(reading.example as object), device: "schap-1" },
		0,
	],
	[
		"readings at QoS 1",
		topicOf(reading, { device: "schap-1" }),
		{ ...(reading.example as object), device: "schap-1" },
		1,
	],
	["stock movements at QoS 1", stockMovement.topic, stockMovement.example, 1],
] as const)(
	"a sensor that floods %s waits its turn, and every sale is acknowledged in order",
	async (_, topic, value, qos) => {
		const books = new PaperBooks();
		await using shop = await openShop(books);
		const flooded = 60_000;
		const { client: sensor } = await login(shop.port, await shop.accounts.pair("sensor", "schap-1"));
		const flood = publication(topic, value, { qos });
		const wholeFlood = (async () => {
			for (let index = 0; index < flooded && !sensor.socket.destroyed; index += 100) {
				for (let one = 0; one < 100; one++) sensor.send({ ...flood, messageId: ((index + one) % 65_000) + 1 });
				if (sensor.socket.writableNeedDrain) await Promise.race([once(sensor.socket, "drain"), sensor.closed]);
			}
		})();
		const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
		for (let index = 1; index <= 200; index++) {
			client.send(
				publication(salesOf("kassa-1"), { ...(sale.example as object), register: "kassa-1" }, { messageId: index }),
			);
			expect((await client.next("puback"))?.messageId).toBe(index);
		}
		sensor.socket.destroy();
		await wholeFlood;
		expect(books.submissions.filter(({ kind }) => kind === "sale")).toHaveLength(200);
	},
);

test("a sensor's stock movements reach the books no faster than a sensor may speak", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const { client } = await login(shop.port, await shop.accounts.pair("sensor", "schap-1"));
	const beganMs = performance.now();
	const movements = Array.from({ length: 11_000 }, (_, index) =>
		publication(stockMovement.topic, stockMovement.example, { messageId: index + 1 }),
	);
	client.send(...movements);
	await books.received(movements.length);
	// 8000 at once, then 2000 a second; a slow machine only takes longer.
	expect(performance.now() - beganMs).toBeGreaterThan(((11_000 - 8000) / 2000) * 1000);
});
