import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { alert } from "@kassahub/contracts/alert.ts";
import { command } from "@kassahub/contracts/command.ts";
import { deviceState } from "@kassahub/contracts/device-state.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { stockLevel } from "@kassahub/contracts/stock-level.ts";
import type { Client } from "aedes";
import { expect, test } from "vitest";
import { type Account, Accounts } from "../pairing/accounts.ts";
import { Audience } from "./audience.ts";
import { readSessionStore } from "./session-store.ts";
import { Sessions, type Will } from "./sessions.ts";
import { login, newFolder, openShop, PaperBooks, publication, silent, subscribe } from "./wire.testing.ts";

const stateTopic = topicOf(deviceState, { device: "sensor-1" });
const stateOf = (since: string) => ({ ...(deviceState.example as object), device: "sensor-1", since });
const commandTopic = topicOf(command, { device: "sensor-1" });
const commandOf = (index: number) => ({
	...(command.example as object),
	id: `019309a0-5a3f-7c11-b6d2-${String(index).padStart(12, "0")}`,
});
const idOf = (packet: { payload: string | Buffer } | undefined) => JSON.parse(String(packet?.payload)).id;

async function pairAll(dataDir: string) {
	const accounts = await Accounts.open(join(dataDir, "pairings.json"));
	return { register: await accounts.pair("register", "kassa-1"), sensor: await accounts.pair("sensor", "sensor-1") };
}

/** A sensor subscribes for good and leaves; commands and a state arrive while it is away. */
async function leaveWork(port: number, { register, sensor }: Awaited<ReturnType<typeof pairAll>>) {
	const away = await login(port, { ...sensor, clean: false });
	expect(await subscribe(away.client, commandTopic)).toEqual([1]);
	const since = "2026-11-23T10:15:00.000+01:00";
	away.client.send(publication(stateTopic, stateOf(since), { retain: true }));
	await away.client.next("puback");
	away.client.send({ cmd: "disconnect" });
	await away.client.closed;
	const { client } = await login(port, register);
	for (let index = 1; index <= 20; index++)
		client.send(publication(commandTopic, commandOf(index), { messageId: index }));
	for (let index = 1; index <= 20; index++) await client.next("puback");
	await client.untilPing("publish");
}

async function expectWork(port: number, { register, sensor }: Awaited<ReturnType<typeof pairAll>>) {
	const back = await login(port, { ...sensor, clean: false });
	expect(back).toMatchObject({ code: 0, isPresent: true });
	for (let index = 1; index <= 20; index++) expect(idOf(await back.client.next("publish"))).toBe(commandOf(index).id);
	const { client } = await login(port, register);
	await subscribe(client, stateTopic);
	expect(await client.next("publish")).toMatchObject({ topic: stateTopic, retain: true });
	client.send(publication(commandTopic, commandOf(21)));
	expect(idOf(await back.client.next("publish"))).toBe(commandOf(21).id);
}

async function startBroker(dataDir: string): Promise<{ process: ChildProcess; port: number }> {
	const script = join(import.meta.dirname, "start.testing.ts");
	const child = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
	const [line] = await once(child.stdout, "data");
	return { process: child, port: Number(line) };
}

test("retained messages, subscriptions and queues survive a restart, in order", async () => {
	const dataDir = await newFolder();
	const logins = await pairAll(dataDir);
	{
		await using shop = await openShop(new PaperBooks(), dataDir);
		await leaveWork(shop.port, logins);
	}
	await using shop = await openShop(new PaperBooks(), dataDir);
	await expectWork(shop.port, logins);
	expect((await stat(join(dataDir, "sessions.db"))).mode & 0o777).toBe(0o600);
});

test("retained messages, subscriptions and queues survive kill -9", async () => {
	const dataDir = await newFolder();
	const logins = await pairAll(dataDir);
	const killed = await startBroker(dataDir);
	await leaveWork(killed.port, logins);
	// What follows a stored SUBSCRIBE is stored too: the log is in order.
	const { client } = await login(killed.port, { ...logins.register, clean: false });
	await subscribe(client, alert.topic);
	killed.process.kill("SIGKILL");
	await once(killed.process, "exit");
	const { process: child, port } = await startBroker(dataDir);
	await expectWork(port, logins);
	child.kill("SIGKILL");
	await once(child, "exit");
});

test("what was acknowledged is not sent again, what was not is", async () => {
	const dataDir = await newFolder();
	const logins = await pairAll(dataDir);
	{
		await using shop = await openShop(new PaperBooks(), dataDir);
		await leaveWork(shop.port, logins);
		const { client } = await login(shop.port, { ...logins.sensor, clean: false });
		for (let index = 1; index <= 5; index++) {
			const heard = await client.next("publish");
			client.send({ cmd: "puback", messageId: heard?.messageId as number });
		}
		await client.untilPing("puback");
	}
	await using shop = await openShop(new PaperBooks(), dataDir);
	const { client } = await login(shop.port, { ...logins.sensor, clean: false });
	for (let index = 6; index <= 20; index++) expect(idOf(await client.next("publish"))).toBe(commandOf(index).id);
});

test("a clean session begins without what an earlier one left", async () => {
	const dataDir = await newFolder();
	const logins = await pairAll(dataDir);
	await using shop = await openShop(new PaperBooks(), dataDir);
	await leaveWork(shop.port, logins);
	expect(await login(shop.port, { ...logins.sensor, clean: true })).toMatchObject({ code: 0, isPresent: false });
	const { client, isPresent } = await login(shop.port, { ...logins.sensor, clean: false });
	expect(isPresent).toBe(false);
	expect(await client.untilPing("publish")).toEqual([]);
});

test("what the hub retains itself is not kept from the run before", async () => {
	const dataDir = await newFolder();
	const logins = await pairAll(dataDir);
	{
		await using shop = await openShop(new PaperBooks(), dataDir);
		shop.broker.publish(stockLevel, { sku: "4002" }, stockLevel.example);
		const { client } = await login(shop.port, logins.register);
		await subscribe(client, "kassahub/stock/levels/+");
		expect(await client.next("publish")).toMatchObject({ topic: "kassahub/stock/levels/4002" });
	}
	await using shop = await openShop(new PaperBooks(), dataDir);
	const { client } = await login(shop.port, logins.register);
	await subscribe(client, "kassahub/stock/levels/+");
	expect(await client.untilPing("publish")).toEqual([]);
});

test("a session does not outlive an account revoked while the hub was down", async () => {
	const dataDir = await newFolder();
	const logins = await pairAll(dataDir);
	{
		await using shop = await openShop(new PaperBooks(), dataDir);
		await leaveWork(shop.port, logins);
	}
	const accounts = await Accounts.open(join(dataDir, "pairings.json"));
	await accounts.revoke("sensor-1");
	{
		await using _ = await openShop(new PaperBooks(), dataDir);
	}
	const again = await (await Accounts.open(join(dataDir, "pairings.json"))).pair("sensor", "sensor-1");
	await using shop = await openShop(new PaperBooks(), dataDir);
	const { client, isPresent } = await login(shop.port, { ...again, clean: false });
	expect(isPresent).toBe(false);
	expect(await client.untilPing("publish")).toEqual([]);
});

test("damaged sessions are put aside and the broker opens all the same", async () => {
	const dataDir = await newFolder();
	await writeFile(join(dataDir, "sessions.db"), "this is no database, whatever its name may say ".repeat(50));
	const logins = await pairAll(dataDir);
	await using shop = await openShop(new PaperBooks(), dataDir);
	expect((await login(shop.port, { ...logins.sensor, clean: false })).code).toBe(0);
	expect((await stat(join(dataDir, "sessions.db.damaged"))).size).toBeGreaterThan(0);
});

const sensor = { name: "sensor-1", kind: "sensor" } as const;
const client = { id: "sensor-1" } as Client;
async function openSessions(
	dataDir: string,
	audience = new Audience(() => true, 2),
	account: Account = sensor,
): Promise<Sessions> {
	const accountOf = () => account;
	return new Sessions({
		file: join(dataDir, "sessions.db"),
		log: silent,
		audience,
		accountOf,
		accountNamed: accountOf,
	});
}
const queued = (index: number) => ({
	cmd: "publish" as const,
	brokerId: "this-run",
	brokerCounter: index,
	topic: commandTopic,
	payload: Buffer.from(String(index)),
	qos: 1 as const,
	retain: false,
	dup: false,
});

test("a session that is away keeps the newest ten thousand, also over a restart", async () => {
	const dataDir = await newFolder();
	const sessions = await openSessions(dataDir);
	await sessions.addSubscriptions(client, [{ topic: commandTopic, qos: 1 }]);
	for (let index = 1; index <= 10_003; index++) {
		await sessions.outgoingEnqueueCombi(await sessions.subscriptionsByTopic(commandTopic), queued(index));
	}
	const bodies = async (of: Sessions) =>
		(await of.outgoingStream(client).toArray()).map(({ payload }) => String(payload));
	const kept = Array.from({ length: 10_000 }, (_, index) => String(index + 4));
	expect(await bodies(sessions)).toEqual(kept);
	await sessions.close();
	const again = await openSessions(dataDir);
	expect(await bodies(again)).toEqual(kept);
	await again.close();
});

test("a message that two filters of one session match is queued once", async () => {
	const dataDir = await newFolder();
	const sessions = await openSessions(dataDir);
	await sessions.addSubscriptions(client, [
		{ topic: commandTopic, qos: 1 },
		{ topic: `${commandTopic}/#`, qos: 1 },
	]);
	await sessions.outgoingEnqueueCombi(await sessions.subscriptionsByTopic(commandTopic), queued(1));
	expect(await sessions.outgoingStream(client).toArray()).toHaveLength(1);
	await sessions.close();
	expect(readSessionStore(join(dataDir, "sessions.db")).stored.outgoing).toHaveLength(1);
});

test("nothing of a forgotten session stays on the disk", async () => {
	const dataDir = await newFolder();
	const sessions = await openSessions(dataDir);
	await sessions.addSubscriptions(client, [{ topic: commandTopic, qos: 1 }]);
	await sessions.outgoingEnqueue({ clientId: client.id }, queued(1));
	await sessions.addSubscriptions(client, [{ topic: commandTopic, qos: 1 }]);
	sessions.forgetAccount("sensor-1");
	await sessions.close();
	const { stored } = readSessionStore(join(dataDir, "sessions.db"));
	expect(stored).toMatchObject({ subscriptions: [], outgoing: [] });
});

test("a filter that was refused is not stored, nor one that its account may no longer hear", async () => {
	const dataDir = await newFolder();
	const sessions = await openSessions(dataDir);
	await sessions.addSubscriptions(client, [
		{ topic: commandTopic, qos: 1 },
		{ topic: alert.topic, qos: 1 },
	]);
	expect(await sessions.subscriptionsByClient(client)).toEqual([{ topic: commandTopic, qos: 1 }]);
	await sessions.close();
	const again = await openSessions(dataDir, undefined, { name: "sensor-1", kind: "register" });
	expect(await again.subscriptionsByClient(client)).toEqual([]);
	await again.close();
});

test("a queue never delivers what its account may not hear, however it came there", async () => {
	const dataDir = await newFolder();
	const logins = await pairAll(dataDir);
	const sessions = await openSessions(dataDir);
	await sessions.addSubscriptions(client, [{ topic: commandTopic, qos: 1 }]);
	await sessions.outgoingEnqueue({ clientId: client.id }, { ...queued(1), topic: alert.topic });
	await sessions.outgoingEnqueue({ clientId: client.id }, queued(2));
	await sessions.close();
	await using shop = await openShop(new PaperBooks(), dataDir);
	const back = await login(shop.port, { ...logins.sensor, clean: false });
	expect((await back.client.next("publish"))?.topic).toBe(commandTopic);
	expect(await back.client.untilPing("publish")).toEqual([]);
});

test("only wills of clients that were lost with the hub are sent after a start", async () => {
	const dataDir = await newFolder();
	const sessions = await openSessions(dataDir);
	const will = { ...queued(1), topic: stateTopic, retain: true };
	await sessions.putWill(client, will);
	expect(await sessions.streamWill().toArray()).toEqual([]);
	await sessions.close();
	const again = await openSessions(dataDir);
	const [lost] = (await again.streamWill().toArray()) as Will[];
	expect(lost).toMatchObject({ topic: stateTopic, account: "sensor-1", clientId: "sensor-1", retain: true });
	await again.putWill(client, will);
	expect(await again.streamWill().toArray()).toEqual([]);
	await again.delWill(client);
	await again.close();
	const last = await openSessions(dataDir);
	expect(await last.delWill(client)).toBeUndefined();
	await last.close();
});

test("the audience counts every stored filter once and forgets it with its session", async () => {
	const audience = new Audience((filter) => filter === commandTopic, 2);
	const sessions = await openSessions(await newFolder(), audience);
	await sessions.addSubscriptions(client, [{ topic: commandTopic, qos: 1 }]);
	await sessions.addSubscriptions(client, [{ topic: commandTopic, qos: 0 }]);
	expect(audience.has("sensor-1")).toBe(true);
	sessions.forget(client.id);
	expect(audience.has("sensor-1")).toBe(false);
	await sessions.close();
});

test("a sensor keeps a bounded number of sessions, the bridge one for each of hundreds of devices", async () => {
	await using shop = await openShop(new PaperBooks());
	const codeOf = async (credentials: { username: string; password: string }, index: number) => {
		const clientId = `${credentials.username}-${index}`;
		const { client, code } = await login(shop.port, { ...credentials, clientId, clean: false });
		await subscribe(
			client,
			topicOf(command, { device: credentials.username === "bridge" ? `d-${index}` : "sensor-1" }),
		);
		return code;
	};
	const sensor = await shop.accounts.pair("sensor", "sensor-1");
	for (let index = 0; index < 64; index++) expect(await codeOf(sensor, index)).toBe(0);
	expect((await login(shop.port, { ...sensor, clientId: "sensor-1-64", clean: false })).code).toBe(2);
	const bridge = shop.accounts.addInternal("bridge", "bridge");
	for (let index = 0; index < 70; index++) expect(await codeOf(bridge, index)).toBe(0);
});
