import { once } from "node:events";
import { connect } from "node:net";
import type { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import type { Rejection } from "@kassahub/contracts/rejection.ts";
import fc from "fast-check";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { saleNow, salesTopic } from "./sales.ts";
import { getJson, nowhere, type Running, Shop, until } from "./shop.ts";

let shop: Shop;
let running: Running;

beforeAll(async () => {
	shop = await Shop.create({ cloud: await nowhere() });
	running = await shop.start();
});
afterAll(() => shop[Symbol.asyncDispose]());

const isAlive = async (): Promise<void> => {
	const health = await getJson<{ pid?: number }>(`${running.httpUrl}/api/v1/health`, running.token);
	expect(health).toBeTruthy();
};

async function pour(port: number, bytes: Uint8Array): Promise<void> {
	const socket = connect(port, "127.0.0.1");
	socket.on("error", () => undefined);
	socket.resume();
	await once(socket, "connect");
	socket.end(bytes);
	const ended = once(socket, "close");
	const timer = setTimeout(() => socket.destroy(), 300);
	await ended;
	clearTimeout(timer);
}

test("garbage on every port is met with a clean disconnect, and the hub lives on", async () => {
	const ports = [Number(new URL(running.mqttUrl).port), Number(new URL(running.httpUrl).port)];
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...ports), async (bytes, port) => {
			await pour(port, bytes);
		}),
		{ numRuns: 120 },
	);
	await isAlive();
});

test("garbage on a journaled topic is quarantined with a reason, told to the register, and acknowledged", async () => {
	const credentials = await shop.pair("register", "kassa-1");
	const client = await mqtt.connectAsync(running.mqttUrl, { ...credentials, clean: true, reconnectPeriod: 0 });
	await client.subscribeAsync("kassahub/registers/kassa-1/rejections", { qos: 1 });
	const rejections: Rejection[] = [];
	client.on("message", (_, payload) => rejections.push(JSON.parse(payload.toString()) as Rejection));
	let sent = 0;
	const nearSale = fc.record({
		...Object.fromEntries(
			Object.entries(saleNow("kassa-1")).map(([key, value]) => [key, fc.oneof(fc.constant(value), fc.jsonValue())]),
		),
		extra: fc.jsonValue(),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.oneof(
				fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
				fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
				nearSale.map((value) => Buffer.from(JSON.stringify(value))),
			),
			async (payload) => {
				await client.publishAsync(salesTopic("kassa-1"), payload, { qos: 1 });
				sent++;
			},
		),
		{ numRuns: 200 },
	);
	await until("every rejection", () => rejections.length >= sent || undefined);
	const items = await getJson<QuarantineItem[]>(`${running.httpUrl}/api/v1/quarantine`, running.token);
	// The same bytes twice are one item: a redelivery must not fill the disk.
	expect(items.map((item) => item.number).sort()).toEqual(
		[...new Set(rejections.map((rejection) => rejection.quarantine))].sort(),
	);
	for (const item of items) expect(item.reasons[0]?.code).toMatch(/^[A-Z_]+$/);
	await isAlive();
	await client.endAsync();
});

test("garbage on topics of every kind never stops the broker for others", async () => {
	const credentials = await shop.pair("register", "kassa-2");
	await fc.assert(
		fc.asyncProperty(
			fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
			fc.uint8Array({ maxLength: 60 }),
			async (topic, payload) => {
				const client = await mqtt.connectAsync(running.mqttUrl, { ...credentials, clean: true, reconnectPeriod: 0 });
				client.on("error", () => undefined);
				const closed = new Promise((resolve) => client.once("close", () => resolve(undefined)));
				client.publish(`kassahub/${topic.replace(/[+#\0]/g, "x")}`, Buffer.from(payload), { qos: 0 });
				client.end();
				await closed;
			},
		),
		{ numRuns: 40 },
	);
	await isAlive();
});
