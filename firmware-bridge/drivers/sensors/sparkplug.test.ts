import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EmulatedEdge } from "../../emulators/sparkplug-edge.ts";
import { TryBroker } from "../../links/topic-broker.testing.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { BareReading } from "../driver.ts";
import { conformSensor, type SensorOnBench } from "./sensors.conformance.ts";
import { sparkplug } from "./sparkplug.ts";

async function onBroker(): Promise<SensorOnBench> {
	const broker = await TryBroker.open();
	const edge = new EmulatedEdge(broker.access);
	await edge.plugIn();
	return {
		link: edge.link(0),
		source: "Schap/Gewicht",
		broker: broker.access,
		set: (change) => edge.set(0, change),
		misbehave: (change) => edge.misbehave(0, change),
		unplug: () => edge.unplug(),
		replug: () => edge.plugIn(),
		cut: async () => broker.cut(),
		close: async () => {
			await edge.close();
			await broker.close();
		},
	};
}

conformSensor(
	sparkplug,
	"an edge node",
	{ has: ["temperature", "battery", "signal", "door"], saysUnavailable: true },
	onBroker,
);

describe("an edge node with three devices", () => {
	let broker: TryBroker;
	let edge: EmulatedEdge;
	let devices: Connected<"topics">[];
	const settings = { shelves: [{ name: "links", source: "Schap/Gewicht" }], deadBandGrams: 5, hostId: "kassahub" };
	const weighs = (index: number, grams: number) =>
		devices[index]?.witness.untilReading("shelf", (reading) => reading.grams === grams);
	const isOf = (quality: string) => (reading: BareReading) => reading.type === "shelf" && reading.quality === quality;
	const asked = () => broker.said.filter(({ topic }) => topic === "spBv1.0/Winkel/NCMD/EdgeA").length;

	beforeEach(async () => {
		broker = await TryBroker.open();
		edge = new EmulatedEdge(broker.access, { count: 3 });
		await edge.plugIn();
		devices = await Promise.all(
			[0, 1, 2].map((index) => connect(sparkplug, edge.link(index), settings, broker.access)),
		);
		await Promise.all([0, 1, 2].map((index) => weighs(index, 0)));
	});
	afterEach(async () => {
		await Promise.all(devices.map(({ link }) => link.close()));
		await edge.close();
		await broker.close();
	});

	test("is asked for its births once for all of them, over one connection, by a host that says it is there", async () => {
		expect(asked()).toBe(1);
		expect(broker.clients.filter((id) => id.startsWith("bridge-topics"))).toEqual(["bridge-topics_sparkplug"]);
		expect(broker.said.find(({ topic }) => topic === "spBv1.0/STATE/kassahub")?.payload).toMatch(/"online":true/);
		for (const [index, grams] of [100, 200, 300].entries()) await edge.set(index, { grams });
		await Promise.all([weighs(0, 100), weighs(1, 200), weighs(2, 300)]);
		expect(devices[0]?.witness.conditions.at(-1)).toMatchObject({ state: "online", model: "Edge S1" });
	});

	test("loses a message: it is asked to say everything again, and what was lost is known", async () => {
		edge.misbehaveAsNode({ loses: 1 });
		await edge.set(0, { grams: 100 });
		await edge.set(1, { grams: 200 });
		await weighs(1, 200);
		await weighs(0, 100);
		expect(asked()).toBe(2);
	});

	test("that is deaf is not asked over and over", async () => {
		edge.misbehaveAsNode({ loses: 1, isDeaf: true });
		await edge.set(0, { grams: 100 });
		await edge.set(1, { grams: 200 });
		await broker.until(() => asked() === 2);
		for (let grams = 300; grams < 400; grams += 10) {
			edge.misbehaveAsNode({ loses: 1 });
			await edge.set(0, { grams });
			await edge.set(1, { grams });
		}
		await weighs(1, 390);
		expect(asked()).toBe(2);
	});

	test("dies, and all of its devices are gone; its next birth brings them back", async () => {
		await edge.unplug();
		await Promise.all(devices.map(({ witness }) => witness.untilReading("shelf", isOf("offline"))));
		await edge.plugIn();
		await Promise.all([0, 1, 2].map((index) => weighs(index, 0)));
	});

	test("loses one device, and keeps the others", async () => {
		await edge.removeDevice(1);
		await devices[1]?.witness.untilReading("shelf", isOf("offline"));
		await edge.set(0, { grams: 100 });
		await weighs(0, 100);
		await edge.returnDevice(1);
		await devices[1]?.witness.untilReading("shelf", isOf("good"));
	});

	test("an old will that comes late kills nothing", async () => {
		await edge.unplug();
		await edge.plugIn();
		await Promise.all([0, 1, 2].map((index) => weighs(index, 0)));
		await edge.sendOldDeath();
		await edge.set(0, { grams: 100 });
		await weighs(0, 100);
		expect(devices[0]?.witness.readings.at(-1)).toMatchObject({ quality: "good" });
	});
});

test("a link without a node is a mistake in the configuration", async () => {
	const broker = await TryBroker.open();
	for (const topic of ["spBv1.0/Winkel", "a/b/c", "spBv1.0/a/b/c/d"]) {
		await expect(
			connect(sparkplug, `mqtt://hub/${topic}`, { shelves: [], deadBandGrams: 5 }, broker.access),
		).rejects.toMatchObject({ code: "DEVICE_CONFIG_INVALID" });
	}
	await broker.close();
});
