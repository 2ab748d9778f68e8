import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EmulatedShelfBus, startShelfBus } from "../../emulators/shelf-bus.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { BareReading } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { conformSensor, type SensorOnBench } from "./sensors.conformance.ts";
import { shelfNode } from "./shelf-node.ts";

const newPath = () => join(mkdtempSync(join(tmpdir(), "shelves-")), "port");

async function onCable(): Promise<SensorOnBench> {
	const bus = await startShelfBus({ path: newPath(), addresses: [18] });
	let isCut = false;
	return {
		link: `serial://${bus.path}`,
		source: 18,
		set: async ({ grams, celsius, battery }) =>
			bus.set(18, {
				...(grams === undefined ? {} : { grams }),
				...(celsius === undefined ? {} : { celsius: Math.round(celsius) }),
				...(battery === undefined ? {} : { battery }),
			}),
		misbehave: async ({ isMute = false, babbles = false }) => bus.misbehave(18, { isMute, babbles }),
		unplug: async () => bus.misbehave(18, { isMute: true }),
		replug: async () => {
			bus.misbehave(18, {});
			if (isCut) await bus.plugIn();
		},
		cut: () => {
			isCut = true;
			return bus.unplug();
		},
		close: () => bus.unplug(),
	};
}

conformSensor(shelfNode, "one node on a cable", { has: ["battery"], saysUnavailable: false }, onCable);

describe("three nodes on one cable", () => {
	let bus: EmulatedShelfBus;
	let connected: Connected<"bytes">;
	const shelves = [18, 19, 20].map((source) => ({ name: `schap-${source}`, source }));
	const settings = { shelves, deadBandGrams: 5, pollMs: 20, answerMs: 60 };

	const shelf = (source: number, isWanted: (reading: Extract<BareReading, { type: "shelf" }>) => boolean) =>
		connected.witness.untilReading("shelf", () => {
			const last = connected.witness.readings.findLast(
				(reading) => reading.type === "shelf" && reading.shelf === `schap-${source}`,
			);
			return last?.type === "shelf" && isWanted(last);
		});
	const weighs = (source: number, grams: number) => shelf(source, (reading) => reading.grams === grams);
	const perform = (command: { action: "tare"; grams?: number } | { action: "self-test" }) =>
		connected.session.perform({ id: uuidv7(), at: new Date().toISOString(), ...command }, jobOnPaper());
	const open = async (change: Record<string, unknown> = {}) => {
		connected = await connect(shelfNode, `serial://${bus.path}`, { ...settings, ...change });
	};
	const close = async () => {
		await connected.link.close();
		await connected.watching;
	};

	beforeEach(async () => {
		bus = await startShelfBus({ path: newPath(), addresses: [18, 19, 20] });
		for (const address of [18, 19, 20]) bus.set(address, { grams: address * 10 });
		await open();
		await Promise.all([18, 19, 20].map((address) => weighs(address, address * 10)));
	});
	afterEach(async () => {
		await close();
		await bus.unplug();
	});

	test("each weighs for itself, and its temperature and battery are told by the shelf's name", async () => {
		bus.set(19, { grams: 777, celsius: -18, battery: 9 });
		await weighs(19, 777);
		await connected.witness.untilReading("measure", () =>
			connected.witness.readings.some(
				(reading) =>
					reading.type === "measure" &&
					reading.name === "schap-19" &&
					reading.kind === "temperature" &&
					reading.value === -18,
			),
		);
		// Of many batteries the one that is low counts.
		await connected.witness.untilCondition(({ battery }) => battery === 9);
		expect(connected.witness.conditions.at(-1)).toMatchObject({ state: "online", battery: 9 });
	});

	test("one that is silent is away, and holds the others up no more", async () => {
		bus.misbehave(18, { isMute: true });
		await shelf(18, ({ quality }) => quality === "offline");
		for (let grams = 100; grams <= 500; grams += 100) {
			bus.set(20, { grams });
			await weighs(20, grams);
		}
		expect((await connected.witness.untilCondition(({ state }) => state === "degraded")).fault?.code).toBe(
			"SENSOR_OFFLINE",
		);
	});

	test("two with one address are a conflict of that address alone", async () => {
		bus.misbehave(19, { collides: true });
		await shelf(19, ({ quality }) => quality === "error");
		const { fault } = await connected.witness.untilCondition(({ state }) => state === "degraded");
		expect(fault).toMatchObject({ code: "SENSOR_ADDRESS_CONFLICT", detail: expect.stringContaining("node 19") });
		bus.set(20, { grams: 555 });
		await weighs(20, 555);
		bus.misbehave(19, {});
		await weighs(19, 190);
	});

	test("when nothing on the cable can be read, it is the cable", async () => {
		for (const address of [18, 19, 20]) bus.misbehave(address, { babbles: true });
		await connected.witness.untilCondition(({ fault }) => fault?.code === "DEVICE_GARBLED");
	});

	test.each([
		["an answer that comes too late", { lateMs: 90 }],
		["an answer to another question", { misnumbers: true }],
	])("%s is none", async (_, misbehaviour) => {
		bus.misbehave(19, misbehaviour);
		bus.set(19, { grams: 999 });
		await shelf(19, ({ quality }) => quality !== "good");
		expect(connected.witness.readings.filter((reading) => "grams" in reading && reading.grams === 999)).toEqual([]);
	});

	test("the hub's own echo and noise on the line disturb nothing", async () => {
		bus.hasEcho = true;
		bus.crackle(Uint8Array.of(0xff, 0x00, 0x12, 0x00));
		for (const address of [18, 19, 20]) bus.set(address, { grams: address });
		await Promise.all([18, 19, 20].map((address) => weighs(address, address)));
		expect(connected.witness.conditions.at(-1)).toMatchObject({ state: "online" });
	});

	test("a shelf in motion keeps what it weighed, and one that bears too much or is broken weighs nothing", async () => {
		bus.set(18, { grams: 5000, isUnstable: true });
		bus.set(19, { isOver: true });
		bus.set(20, { isDefect: true });
		await shelf(19, ({ quality }) => quality === "error");
		await shelf(20, ({ quality }) => quality === "error");
		expect(connected.witness.readings.filter((reading) => "grams" in reading && reading.grams === 5000)).toEqual([]);
		bus.set(18, { isUnstable: false });
		await weighs(18, 5000);
		const codes = connected.witness.conditions.map(({ fault }) => fault?.code);
		expect(codes).toEqual(expect.arrayContaining([expect.stringMatching(/SENSOR_VALUE_INVALID|SENSOR_DEFECT/)]));
	});

	test("a tare needs one shelf to be meant, and is done at most once", async () => {
		expect(await perform({ action: "tare" })).toMatchObject({ status: "failed", fault: { code: "COMMAND_UNKNOWN" } });
		await close();
		await open({ shelves: [{ name: "schap-18", source: 18 }] });
		await weighs(18, 180);
		expect(await perform({ action: "tare", grams: 5 })).toMatchObject({ status: "failed" });
		expect(await perform({ action: "tare" })).toMatchObject({ status: "done" });
		await weighs(18, 0);
		bus.misbehave(18, { refusesTare: true });
		expect(await perform({ action: "tare" })).toMatchObject({ status: "failed" });
		bus.misbehave(18, { isMute: true });
		expect(await perform({ action: "tare" })).toMatchObject({ status: "unknown", fault: { code: "SENSOR_OFFLINE" } });
	});
});

test("a node that has just got its power says who it is", async () => {
	const bus = await startShelfBus({ path: newPath(), addresses: [5] });
	const connected = await connect(shelfNode, `serial://${bus.path}`, {
		shelves: [{ name: "links", source: "5" }],
		deadBandGrams: 5,
		pollMs: 20,
		answerMs: 60,
	});
	const known = await connected.witness.untilCondition(({ serialNumber }) => serialNumber !== undefined);
	expect(known).toMatchObject({ serialNumber: "534e00000000002a", firmware: "1.4" });
	await connected.link.close();
	await connected.watching;
	await bus.unplug();
});

test.each([undefined, 0, 128, "links"])("a shelf whose source is %j belongs to no node", async (source) => {
	const bus = await startShelfBus({ path: newPath(), addresses: [5] });
	const shelves = [{ name: "links", ...(source === undefined ? {} : { source }) }];
	await expect(
		connect(shelfNode, `serial://${bus.path}`, { shelves, deadBandGrams: 5, pollMs: 20, answerMs: 60 }),
	).rejects.toMatchObject({ code: "DEVICE_CONFIG_INVALID" });
	await bus.unplug();
});
