import { once } from "node:events";
import type { PairingKind } from "@kassahub/contracts/credentials.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { expect, test, vi } from "vitest";
import { ForeignRetained } from "./foreign-retained.ts";
import { SensorPace } from "./pace.ts";
import type { Change } from "./session-store.ts";
import {
	login,
	newFolder,
	openShop,
	PaperBooks,
	publication,
	type RawClient,
	type Shop,
	subscribe,
} from "./wire.testing.ts";

const LWT = "tele/schap12/LWT";
const CONFIG = "homeassistant/sensor/schap12/config";

const pairSensor = (shop: Shop, name = "schappen") => shop.accounts.pair("sensor", name);
const sensorOf = async (shop: Shop, name?: string) => (await login(shop.port, await pairSensor(shop, name))).client;
const bridgeOf = async (shop: Shop) => (await login(shop.port, shop.accounts.addInternal("bridge", "bridge"))).client;
const heardBy = async (client: RawClient) =>
	(await client.untilPing("publish")).map(({ topic, payload, qos, retain }) => [topic, String(payload), qos, retain]);
const say = async (client: RawClient, topic: string, payload: string, retain = false) => {
	client.send(publication(topic, payload, { retain }));
	expect(await client.next("puback")).toBeDefined();
};

test("what a sensor says in its own words is heard by the bridge, also the bridge that comes later", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const bridge = await bridgeOf(shop);
	expect(await subscribe(bridge, "tele/+/SENSOR", "homeassistant/+/+/config", "tele/#")).toEqual([1, 1, 1]);
	const sensor = await sensorOf(shop);
	await say(sensor, "tele/schap12/SENSOR", '{"w":456}');
	await say(sensor, LWT, "Online", true);
	await say(sensor, "zigbee2mqtt/elders", "1");
	expect(await heardBy(bridge)).toEqual([
		["tele/schap12/SENSOR", '{"w":456}', 0, false],
		[LWT, "Online", 0, false],
	]);
	const later = await bridgeOf(shop);
	await subscribe(later, "tele/#");
	expect(await heardBy(later)).toEqual([[LWT, "Online", 0, true]]);
	expect(books.submissions).toEqual([]);
});

test("the bridge commands a sensor and greets all of them", async () => {
	await using shop = await openShop(new PaperBooks());
	const sensor = await sensorOf(shop);
	await subscribe(sensor, "shellies/schap12/command", "homeassistant/status");
	const bridge = await bridgeOf(shop);
	await say(bridge, "homeassistant/status", "online");
	await say(bridge, "shellies/schap12/command", "announce");
	expect((await heardBy(sensor)).map(([topic, payload]) => [topic, payload])).toEqual([
		["homeassistant/status", "online"],
		["shellies/schap12/command", "announce"],
	]);
});

test.each<PairingKind>(["register", "technician"])("a %s neither says nor hears any of it", async (kind) => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, await shop.accounts.pair(kind, "voor"));
	expect(await subscribe(client, LWT, "tele/#", CONFIG)).toEqual([128, 128, 128]);
	await say(await sensorOf(shop), LWT, "Online", true);
	expect(await client.untilPing("publish")).toEqual([]);
	client.send(publication(LWT, "Online"));
	await client.closed;
	expect(await client.next("puback")).toBeUndefined();
});

test("a relay neither says nor hears any of it", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client } = await login(shop.port, shop.accounts.addInternal("relay", "relay"));
	expect(await subscribe(client, "tele/#")).toEqual([128]);
	client.send(publication(LWT, "Online"));
	await client.closed;
});

test("a sensor may hear no topic of the contract by a filter that seems its own", async () => {
	await using shop = await openShop(new PaperBooks());
	const sensor = await sensorOf(shop);
	const filters = ["#", "+/registers/#", "kassahub/#", "$SYS/#", "$share/a/tele/#"];
	expect(await subscribe(sensor, ...filters)).toEqual(filters.map(() => 128));
	sensor.send(publication("kassahub/nothing", ""));
	await sensor.closed;
});

test("a last will says that a sensor is gone, also when the hub was killed with it", async () => {
	const dataDir = await newFolder();
	{
		await using shop = await openShop(new PaperBooks(), dataDir);
		const bridge = await bridgeOf(shop);
		await subscribe(bridge, "tele/#");
		const credentials = await pairSensor(shop);
		const will = { topic: LWT, payload: Buffer.from("Offline"), qos: 1, retain: true } as const;
		const { client, code } = await login(shop.port, { ...credentials, will });
		expect(code).toBe(0);
		await say(client, LWT, "Online", true);
		expect((await bridge.next("publish"))?.payload.toString()).toBe("Online");
		client.socket.destroy();
		expect((await bridge.next("publish"))?.payload.toString()).toBe("Offline");
	}
	await using shop = await openShop(new PaperBooks(), dataDir);
	const bridge = await bridgeOf(shop);
	await subscribe(bridge, LWT);
	expect(await heardBy(bridge)).toEqual([[LWT, "Offline", 0, true]]);
});

test("an empty retained message, and a pairing's end, take what was retained away for good", async () => {
	const dataDir = await newFolder();
	{
		await using shop = await openShop(new PaperBooks(), dataDir);
		const sensor = await sensorOf(shop);
		await say(sensor, CONFIG, "{}", true);
		await say(sensor, LWT, "Online", true);
		await say(sensor, LWT, "", true);
		await say(await sensorOf(shop, "koeling"), "koeling/lwt", "online", true);
		await shop.accounts.revoke("koeling");
		const bridge = await bridgeOf(shop);
		await subscribe(bridge, "tele/#", "homeassistant/#", "koeling/#");
		expect(await heardBy(bridge)).toEqual([[CONFIG, "{}", 0, true]]);
	}
	await using shop = await openShop(new PaperBooks(), dataDir);
	const bridge = await bridgeOf(shop);
	await subscribe(bridge, "tele/#", "homeassistant/#", "koeling/#");
	expect(await heardBy(bridge)).toEqual([[CONFIG, "{}", 0, true]]);
});

test("a message that is too long is dropped, and its sender goes on", async () => {
	await using shop = await openShop(new PaperBooks());
	const bridge = await bridgeOf(shop);
	await subscribe(bridge, "zigbee2mqtt/#");
	const sensor = await sensorOf(shop);
	await say(sensor, "zigbee2mqtt/bridge/devices", "x".repeat(64 * 1024 + 1), true);
	await say(sensor, "zigbee2mqtt/schap12", "x".repeat(64 * 1024));
	expect((await heardBy(bridge)).map(([topic]) => topic)).toEqual(["zigbee2mqtt/schap12"]);
});

test("nothing of it waits for a client that is away", async () => {
	await using shop = await openShop(new PaperBooks());
	const credentials = { ...(await pairSensor(shop, "poort")), clean: false };
	const away = await login(shop.port, credentials);
	await subscribe(away.client, "tele/#");
	away.client.send({ cmd: "disconnect" });
	await away.client.closed;
	const sensor = await sensorOf(shop);
	await say(sensor, "tele/schap12/SENSOR", "1");
	const back = await login(shop.port, credentials);
	expect(back.isPresent).toBe(true);
	await say(sensor, "tele/schap12/SENSOR", "2");
	expect((await back.client.next("publish"))?.payload.toString()).toBe("2");
});

test("a sensor has a bounded number of filters, also in the session it leaves behind", async () => {
	await using shop = await openShop(new PaperBooks());
	const credentials = { ...(await pairSensor(shop)), clean: false };
	const { client } = await login(shop.port, credentials);
	const granted = await subscribe(client, ...Array.from({ length: 300 }, (_, index) => `a/${index}`));
	expect(granted?.filter((code) => code === 1)).toHaveLength(256);
	expect(await subscribe(client, "a/0", "b/1")).toEqual([1, 128]);
	client.send({ cmd: "disconnect" });
	await client.closed;
	const back = await login(shop.port, credentials);
	const bridge = await bridgeOf(shop);
	await say(bridge, "a/299", "no");
	await say(bridge, "a/255", "yes");
	expect((await back.client.next("publish"))?.topic).toBe("a/255");
});

test("a sensor that floods waits, while sales go on and what it retains is bounded", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const sensor = await sensorOf(shop);
	const payload = "x".repeat(60 * 1024);
	for (let index = 100; index < 350; index++) {
		sensor.send(publication(`flood/${index}`, payload, { qos: 0, retain: true }));
	}
	let isThrough = false;
	sensor.send(publication("flood/over", ""));
	const through = sensor.next("puback").then(() => {
		isThrough = true;
	});
	const { client } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	const topic = topicOf(sale, { register: "kassa-1" });
	for (let index = 1; index <= 100; index++) {
		client.send(publication(topic, { ...(sale.example as object), register: "kassa-1" }, { messageId: index }));
		expect((await client.next("puback"))?.messageId).toBe(index);
	}
	expect(isThrough).toBe(false);
	await through;
	const bridge = await bridgeOf(shop);
	await subscribe(bridge, "flood/#");
	// Eight mebibytes, of which each takes its payload and twice its name.
	const retained = Math.floor((8 * 1024 * 1024) / (payload.length + 2 * "flood/100".length));
	for (let index = 100; index < 100 + retained; index++) {
		expect(await bridge.next("publish")).toMatchObject({ topic: `flood/${index}`, retain: true });
	}
	expect(await heardBy(bridge)).toEqual([]);
	expect(books.submissions).toHaveLength(100);
});

test("the pace lets a burst through at once, then as many a second as it allows, and never out of order", () => {
	vi.useFakeTimers();
	const pace = new SensorPace();
	const schappen = { kind: "sensor", name: "schappen" } as const;
	const passed: number[] = [];
	let said = 0;
	const pass = (count: number, bytes = 0) => {
		for (const last = said + count; said < last; said++) {
			const number = said;
			pace.pass(schappen, bytes, () => passed.push(number));
		}
	};
	pass(8000);
	expect(passed).toHaveLength(8000);
	pass(1000);
	expect(passed).toHaveLength(8000);
	let isOtherHeld = true;
	pace.pass({ kind: "sensor", name: "koeling" }, 0, () => {
		isOtherHeld = false;
	});
	expect(isOtherHeld).toBe(false);
	vi.advanceTimersByTime(250);
	expect(passed).toHaveLength(8500);
	pass(1, 64 * 1024);
	vi.advanceTimersByTime(250);
	expect(passed).toHaveLength(9000);
	vi.advanceTimersByTime(32);
	expect(passed).toHaveLength(9000);
	vi.advanceTimersByTime(1);
	expect(passed).toHaveLength(9001);
	expect(passed).toEqual(passed.toSorted((a, b) => a - b));
	vi.advanceTimersByTime(60_000);
	pass(8000);
	expect(passed).toHaveLength(17_001);
	vi.useRealTimers();
});

test("what is retained is counted by account, and reaches the disk only where it changed", () => {
	const written: Change[] = [];
	const payloads = new Map<string, Buffer>();
	const retained = new ForeignRetained({ put: (_, change) => written.push(change) }, (topic) => payloads.get(topic));
	const admit = (account: string, topic: string, text: string): boolean => {
		const isAdmitted = retained.admit(account, topic, Buffer.from(text));
		if (isAdmitted && text) payloads.set(topic, Buffer.from(text));
		else if (isAdmitted) payloads.delete(topic);
		return isAdmitted;
	};
	for (let index = 0; index < 10_000; index++) expect(admit("a", `a/${index}`, "1")).toBe(true);
	expect(admit("a", "a/one-more", "1")).toBe(false);
	expect(admit("b", "b/0", "1")).toBe(true);
	// What another retains there now is no longer counted with the first.
	expect(admit("b", "a/0", "2")).toBe(true);
	expect(admit("a", "a/one-more", "1")).toBe(true);
	expect(admit("a", "a/1", "")).toBe(true);
	expect(admit("a", "a/10000", "1")).toBe(true);
	retained.flush();
	expect(written).toHaveLength(10_003);
	expect(written).toContainEqual(["deleteForeign", "a/1"]);
	expect(written).toContainEqual(["putForeign", "a/0", Buffer.from("2"), "b"]);
	expect(admit("a", "a/2", "1")).toBe(true);
	retained.flush();
	expect(written).toHaveLength(10_003);
	for (let index = 0; index < 8; index++) admit("c", `c/${index}`, "x".repeat(1024 * 1024 - 100));
	expect(admit("c", "c/8", "x".repeat(1024))).toBe(false);
	expect(admit("c", "c/0", "x")).toBe(true);
	expect(admit("c", "c/8", "x".repeat(1024))).toBe(true);
	expect(retained.forget("b")).toEqual(["b/0", "a/0"]);
});

test("a client cut while its messages wait leaves nothing behind", async () => {
	await using shop = await openShop(new PaperBooks());
	const credentials = await pairSensor(shop);
	const { client } = await login(shop.port, credentials);
	for (let index = 0; index < 6000; index++) client.send(publication("flood/1", "x", { qos: 0 }));
	client.socket.destroy();
	await once(client.socket, "close");
	expect((await login(shop.port, credentials)).code).toBe(0);
});
