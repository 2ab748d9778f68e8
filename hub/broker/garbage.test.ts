import { deviceState } from "@kassahub/contracts/device-state.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { reading } from "@kassahub/contracts/reading.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { stockMovement } from "@kassahub/contracts/stock-movement.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Books } from "../books/books.ts";
import { login, newFolder, openShop, PaperBooks, publication, RawClient } from "./wire.testing.ts";

test("garbage on the port never stops the broker", async () => {
	await using shop = await openShop(new PaperBooks());
	const credentials = await shop.accounts.pair("register", "kassa-1");
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), async (bytes, isLoggedIn) => {
			const client = isLoggedIn ? (await login(shop.port, credentials)).client : new RawClient(shop.port);
			client.socket.end(bytes);
			client.socket.resume();
			await client.closed;
		}),
		{ numRuns: 150 },
	);
	expect((await login(shop.port, credentials)).code).toBe(0);
});

test("garbage as payload of any topic never stops the broker", async () => {
	const dataDir = await newFolder();
	const books = await Books.open({ dataDir });
	try {
		await using shop = await openShop(books, dataDir);
		const register = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
		const sensor = await login(shop.port, await shop.accounts.pair("sensor", "sensor-1"));
		const places = [
			{ client: register.client, topic: topicOf(sale, { register: "kassa-1" }) },
			{ client: register.client, topic: stockMovement.topic },
			{ client: sensor.client, topic: topicOf(deviceState, { device: "sensor-1" }) },
			{ client: sensor.client, topic: topicOf(reading, { device: "sensor-1" }) },
		];
		const payload = fc.oneof(
			fc.uint8Array(),
			fc.json().map((text) => Buffer.from(text)),
		);
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...places), payload, async ({ client, topic }, bytes) => {
				client.send(publication(topic, "", { payload: Buffer.from(bytes) }));
				expect(await client.next("puback")).toBeDefined();
			}),
			{ numRuns: 150 },
		);
		expect(books.head().number).toBe(0);
	} finally {
		await books.close();
	}
});
