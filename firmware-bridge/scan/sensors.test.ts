import { expect, test } from "vitest";
import { startFarm } from "../emulators/sensor-farm.ts";
import { EmulatedEdge } from "../emulators/sparkplug-edge.ts";
import { TryBroker } from "../links/topic-broker.testing.ts";
import { lookForSensors } from "./sensors.ts";

test("sensors that announce themselves on the hub's broker are found, by whatever convention", async () => {
	const broker = await TryBroker.open();
	const farms = await Promise.all([
		startFarm(broker.access, { convention: "esphome", count: 2, name: "esp" }),
		startFarm(broker.access, { convention: "device", count: 1, name: "dev" }),
		startFarm(broker.access, { convention: "shelly-gen1", count: 1, name: "shelly" }),
	]);
	const edge = new EmulatedEdge(broker.access, { count: 2 });
	await edge.plugIn();
	const looking = lookForSensors(broker.access, 1500);
	// A node is noticed when it says something.
	await broker.until(() => broker.said.find(({ topic }) => topic === "shellies/command"));
	await edge.set(0, { grams: 100 });
	const { seen, notes } = await looking;
	expect(seen.map(({ entry }) => entry.link).toSorted()).toEqual([
		"mqtt://hub/homeassistant/+/esp1",
		"mqtt://hub/homeassistant/+/esp2",
		"mqtt://hub/homeassistant/device/dev1",
		"mqtt://hub/shellies/shellyuni-shelly1",
		"mqtt://hub/spBv1.0/Winkel/EdgeA/Schap1",
		"mqtt://hub/spBv1.0/Winkel/EdgeA/Schap2",
	]);
	expect(notes).toEqual([]);
	await Promise.all([...farms.flat().map((sensor) => sensor.close()), edge.close()]);
	await broker.close();
});

test("where nobody speaks, what to do is said", async () => {
	const broker = await TryBroker.open();
	expect(await lookForSensors(broker.access, 100)).toEqual({
		seen: [],
		notes: [expect.stringContaining("kassahub pair")],
	});
	await broker.close();
});
