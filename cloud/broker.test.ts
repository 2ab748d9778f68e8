import { once } from "node:events";
import { connect } from "node:net";
import { connectAsync, type MqttClient } from "mqtt";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { EmbeddedBroker } from "./broker.ts";

const BOX = "5b2f6f0e-0c1b-4a55-9a35-6a2f4ab8f0c1";
const relay = { username: "vijzel", password: "a password" };
let broker: EmbeddedBroker;
const clients: MqttClient[] = [];
beforeAll(async () => {
	broker = await EmbeddedBroker.open(0, relay, pino({ level: "silent" }));
});
afterAll(() => broker.close());
afterEach(async () => {
	for (const client of clients.splice(0)) await client.endAsync(true);
});

const enter = async (login: { username?: string; password?: string }): Promise<MqttClient> => {
	const client = await connectAsync(broker.url, { ...login, reconnectPeriod: 0, connectTimeout: 5_000 });
	client.on("error", () => undefined);
	clients.push(client);
	return client;
};

const nextMessage = (client: MqttClient): Promise<string> =>
	new Promise((resolve) => client.once("message", (_topic, payload) => resolve(payload.toString())));

test.for([
	{},
	{ username: "vijzel" },
	{ username: "vijzel", password: "" },
	{ username: "vijzel", password: "a passwor" },
	{ username: "other", password: "a password" },
	{ username: "office", password: "a password" },
])("%j does not get in", async (login) => {
	await expect(enter(login)).rejects.toThrow(/authorized/i);
});

test("a batch that comes before the office listens is kept for it", async () => {
	const shop = await enter(relay);
	const sent = shop.publishAsync("kassahub/shops/vijzel/journal", "early", { qos: 1 });
	const office = await enter(broker.office);
	const heard = nextMessage(office);
	await office.subscribeAsync("kassahub/shops/+/journal", { qos: 1 });
	expect(await heard).toBe("early");
	await sent;
});

test("a relay's batch reaches the office, and the acknowledgement the relay", async () => {
	const [shop, office] = [await enter(relay), await enter(broker.office)];
	await office.subscribeAsync("kassahub/shops/+/journal", { qos: 1 });
	await shop.subscribeAsync(`kassahub/shops/vijzel/acks/${BOX}`, { qos: 1 });
	const batch = nextMessage(office);
	await shop.publishAsync("kassahub/shops/vijzel/journal", "batch", { qos: 1 });
	expect(await batch).toBe("batch");
	const ack = nextMessage(shop);
	await office.publishAsync(`kassahub/shops/vijzel/acks/${BOX}`, "ack", { qos: 1, retain: true });
	expect(await ack).toBe("ack");
});

test.for([
	`kassahub/shops/vijzel/acks/${BOX}`,
	"kassahub/shops/vijzel/journal/more",
	"kassahub/shops/a b/journal",
	"x",
])("a relay that publishes to %s is cut off", async (topic) => {
	const shop = await enter(relay);
	const closed = new Promise<void>((resolve) => shop.once("close", resolve));
	shop.publish(topic, "x", { qos: 1 });
	await closed;
});

test.for(["#", "kassahub/#", "kassahub/shops/+/journal", `kassahub/shops/+/acks/${BOX}`])(
	"a relay may not listen to %s",
	async (filter) => {
		const shop = await enter(relay);
		await expect(shop.subscribeAsync(filter, { qos: 1 })).rejects.toThrow();
	},
);

test("garbage is cut off and harms nobody else", async () => {
	const shop = await enter(relay);
	const socket = connect(Number(new URL(broker.url).port), "127.0.0.1");
	const closed = once(socket, "close");
	socket.on("error", () => undefined);
	socket.write(Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
	await closed;
	await shop.publishAsync("kassahub/shops/vijzel/journal", "still here", { qos: 1 });
});
