import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LinkNeeds, openLink, parseLink } from "./address.ts";
import type { Tap, TopicLink } from "./link.ts";
import { decodePublish } from "./publish-frame.ts";
import { TryBroker } from "./topic-broker.testing.ts";

const needs: LinkNeeds = { speaks: "topics", schemes: ["mqtt", "mqtts"] };
let broker: TryBroker;
let opened: TopicLink[] = [];

async function open(
	url: string,
	settings: Record<string, unknown> = {},
	tap: Tap = () => undefined,
): Promise<TopicLink> {
	const link = (await openLink(parseLink(url, needs, settings), { tap, broker: broker.access })) as TopicLink;
	opened.push(link);
	return link;
}

/** Collects what a filter hears, and waits for as much as a test expects. */
async function hear(link: TopicLink, filter: string) {
	const heard: string[] = [];
	let wake: () => void = () => undefined;
	await link.subscribe(filter, (topic, payload) => {
		heard.push(`${topic} ${Buffer.from(payload)}`);
		wake();
	});
	const until = async (count: number) => {
		while (heard.length < count) {
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
		return heard;
	};
	return { heard, until };
}

beforeEach(async () => {
	broker = await TryBroker.open();
	opened = [];
});
afterEach(async () => {
	await Promise.all(opened.map((link) => link.close()));
	await broker.close();
});

test("many sensors on one broker are one client of it, each hears its own, and the last to leave closes the door", async () => {
	const links = await Promise.all(Array.from({ length: 50 }, (_, index) => open(`mqtt://hub/kassa/schap${index}`)));
	expect(broker.clients).toEqual(["bridge-topics_plain"]);
	const ears = await Promise.all(links.map((link) => hear(link, `${link.topic}/state`)));
	for (const [index, link] of links.entries()) await broker.say(`${link.topic}/state`, String(index));
	for (const [index, ear] of ears.entries()) expect(await ear.until(1)).toEqual([`kassa/schap${index}/state ${index}`]);
	await Promise.all(links.slice(1).map((link) => link.close()));
	await broker.say("kassa/schap0/state", "still");
	expect(await ears[0]?.until(2)).toContain("kassa/schap0/state still");
	const left = broker.until(() => broker.clients.length === 0);
	await links[0]?.close();
	await left;
	const again = await open("mqtt://hub/kassa/schap0");
	expect(await (await hear(again, "kassa/#")).heard).toEqual([]);
});

test("what was retained reaches everyone who asks, also who asks for what another hears already", async () => {
	await broker.say("kassa/a/lwt", "online", true);
	for (let times = 0; times < 2; times++) {
		const ear = await hear(await open("mqtt://hub/kassa/a"), "kassa/a/lwt");
		expect(await ear.until(1)).toContain("kassa/a/lwt online");
	}
});

test("a link that was closed hears no more, while another on the same filter does", async () => {
	const [first, second] = [await open("mqtt://hub/a"), await open("mqtt://hub/a")];
	const ears = [await hear(first, "a/+"), await hear(second, "a/+")] as const;
	await first.close();
	expect((await first.gone).code).toBe("DEVICE_UNREACHABLE");
	await broker.say("a/b", "1");
	expect(await ears[1].until(1)).toEqual(["a/b 1"]);
	expect(ears[0].heard).toEqual([]);
});

test("who loses the broker is told, and a new link connects anew", async () => {
	const links = [await open("mqtt://hub/a"), await open("mqtt://hub/b")];
	broker.cut();
	for (const link of links) expect((await link.gone).code).toBe("DEVICE_UNREACHABLE");
	await expect(links[0]?.publish("a", new Uint8Array())).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	const again = await open("mqtt://hub/a");
	await again.publish("a/set", Buffer.from("on"));
	await broker.until(() => broker.said.find(({ topic, payload }) => topic === "a/set" && payload === "on"));
});

test("a broker that is not there is unreachable, and one that refuses us is a mistake in the configuration", async () => {
	const { port } = broker;
	await expect(open(`mqtt://127.0.0.1:${port}/a`)).rejects.toMatchObject({ code: "DEVICE_CONFIG_INVALID" });
	await broker.close();
	await expect(open("mqtt://hub/a")).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	broker = await TryBroker.open();
	await expect((await open("mqtt://hub/a")).subscribe("#", () => undefined)).rejects.toMatchObject({
		code: "DEVICE_CONFIG_INVALID",
	});
});

test("another broker takes a user and a password from a file", async () => {
	const passwordFile = join(mkdtempSync(join(tmpdir(), "topics-")), "password");
	await expect(open(`mqtt://127.0.0.1:${broker.port}/a`, { username: "bridge", passwordFile })).rejects.toMatchObject({
		code: "DEVICE_CONFIG_INVALID",
	});
	writeFileSync(passwordFile, "geheim\n");
	await open(`mqtt://127.0.0.1:${broker.port}/a`, { username: "bridge", passwordFile });
	expect(broker.clients).toEqual([expect.stringMatching(/^kassahub-/)]);
});

test("a Sparkplug host says that it is there, says so again where it is denied, and its will takes it back", async () => {
	const state = () => broker.said.findLast(({ topic }) => topic === "spBv1.0/STATE/kassahub");
	await open("mqtt://hub/spBv1.0/Winkel/EdgeA");
	await open("mqtt://hub/kassa/a");
	expect(broker.clients.toSorted()).toEqual(["bridge-topics_plain", "bridge-topics_sparkplug"]);
	const birth = await broker.until(state);
	expect(birth).toMatchObject({ retain: true });
	const { online, timestamp } = JSON.parse(birth.payload);
	expect(online).toBe(true);
	await broker.say("spBv1.0/STATE/kassahub", JSON.stringify({ online: false, timestamp }), true);
	await broker.until(() => state()?.from === "bridge-topics_sparkplug" && state()?.payload === birth.payload);
	broker.cut();
	const death = await broker.until(() => broker.said.findLast(({ payload }) => payload.includes("false") && payload));
	expect(death).toMatchObject({ payload: JSON.stringify({ online: false, timestamp }), retain: true });
});

test("what passes is told as the frames of MQTT", async () => {
	const told: unknown[] = [];
	const tap: Tap = (direction, bytes) => {
		const { topic, payload } = decodePublish(bytes) ?? {};
		told.push([direction, topic, Buffer.from(payload ?? []).toString()]);
	};
	const link = await open("mqtt://hub/a", {}, tap);
	const ear = await hear(link, "a/+");
	await broker.say("a/in", "1");
	await ear.until(1);
	await link.publish("a/out", Buffer.from("2"));
	await ear.until(2);
	expect(told).toEqual([
		["in", "a/in", "1"],
		["out", "a/out", "2"],
		["in", "a/out", "2"],
	]);
});

test("what is shared is made once a connection, and lives as long as it", async () => {
	const [first, second] = [await open("mqtt://hub/a"), await open("mqtt://hub/b")];
	let made = 0;
	const make = (link: TopicLink) => {
		made++;
		return link;
	};
	const common = first.shared("node", make);
	expect(second.shared("node", make)).toBe(common);
	await first.close();
	const ear = await hear(common, "c/d");
	await broker.say("c/d", "1");
	await ear.until(1);
	await second.close();
	(await open("mqtt://hub/a")).shared("node", make);
	expect(made).toBe(2);
});

test.each([
	["mqtt://hub/kassa%2Fschap%2012", {}, { topic: "kassa/schap 12" }],
	["mqtt:///kassa/a", {}, { topic: "kassa/a" }],
	["mqtt://hub/homeassistant/+/schap12", {}, { topic: "homeassistant/+/schap12" }],
	["mqtt://hub/spBv1.0/G/E", { hostId: "scada" }, { topic: "spBv1.0/G/E", hostId: "scada" }],
	[
		"mqtts://jan@192.168.1.9:8884/a/b",
		{ passwordFile: "/etc/p", caFile: "/etc/ca" },
		{
			topic: "a/b",
			broker: { url: "mqtts://192.168.1.9:8884", username: "jan", passwordFile: "/etc/p", caFile: "/etc/ca" },
		},
	],
])("%s leads where it says", (url, settings, topics) => {
	expect(parseLink(url, needs, settings)).toEqual({ kind: "topics", topics });
});

test.each([
	"mqtt://hub",
	"mqtt://hub/",
	"mqtt://hub/a/",
	"mqtts://hub/a",
	"mqtt://a:b@192.168.1.9/a",
	"mqtt://hub/%zz",
])("%s is refused with a reason, and without a password in it", (url) => {
	expect(() => parseLink(url, needs)).toThrow(/DEVICE_CONFIG_INVALID/);
	expect(() => parseLink(url, needs)).not.toThrow(/a:b/);
});
