import { join } from "node:path";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import { productExample } from "@kassahub/contracts/product.ts";
import type { ShelfState } from "@kassahub/contracts/shelf-state.ts";
import { stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { expect, test } from "vitest";
import { startFarm } from "../firmware-bridge/emulators/sensor-farm.ts";
import { startShelfBus } from "../firmware-bridge/emulators/shelf-bus.ts";
import { EmulatedEdge } from "../firmware-bridge/emulators/sparkplug-edge.ts";
import { bearer, getJson, nowhere, Shop, until } from "./shop.ts";

test("sensors of four kinds weigh the shelves of a whole shop, and what they tell is held against the books", async () => {
	await using shop = await Shop.create({ cloud: await nowhere() });
	const shelf = { name: "links", sku: "kaas-1", unitGrams: 100, lowPieces: 3 };
	const bus = await startShelfBus({ path: join(shop.folder, "shelves"), addresses: [18] });
	const { httpUrl, mqttUrl, token } = await shop.start();
	const { username, password } = await shop.pair("sensor", "schappen");
	const login = { url: mqttUrl, username, password };
	const [esphome, spare] = await startFarm(login, { convention: "esphome", count: 2, name: "esp" });
	const [shelly] = await startFarm(login, { convention: "shelly", count: 1, name: "uni" });
	const edge = new EmulatedEdge(login);
	await edge.plugIn();
	if (!esphome || !spare || !shelly) throw new Error("no sensors");
	const put = (path: string, method: string, body: unknown) =>
		fetch(`${httpUrl}/api/v1${path}`, {
			method,
			headers: { ...bearer(token), "content-type": "application/json" },
			body: JSON.stringify(body),
		});
	await put("/catalogue/products/kaas-1", "PUT", { ...productExample, sku: "kaas-1", unit: "pcs" });
	const received = { ...stockMovement.example, sku: "kaas-1", quantity: 5000, at: new Date().toISOString() };
	expect((await put("/stock/movements", "POST", received)).ok).toBe(true);
	const journal = await getJson<{ journal?: unknown }>(`${httpUrl}/api/v1/health`, token);

	shop.addDevices({
		"schap-esp": {
			driver: "home-assistant",
			link: esphome.link,
			settings: { shelves: [{ ...shelf, source: esphome.source }] },
		},
		"schap-uni": {
			driver: "shelly",
			link: shelly.link,
			settings: { shelves: [{ ...shelf, source: shelly.source, unit: "g", sku: "kaas-2" }] },
		},
		"schap-edge": {
			driver: "sparkplug",
			link: edge.link(0),
			settings: { shelves: [{ ...shelf, source: "Schap/Gewicht", sku: "kaas-3" }] },
		},
		"schap-draad": {
			driver: "shelf-node",
			link: `serial://${bus.path}`,
			settings: { shelves: [{ ...shelf, source: 18, sku: "kaas-4" }], pollMs: 50, answerMs: 100 },
		},
	});
	const shelves = async () =>
		new Map((await getJson<ShelfState[]>(`${httpUrl}/api/v1/shelves`, token)).map((one) => [one.device, one]));
	const shelfOf = (device: string, grams: number) =>
		until(`${grams} g on ${device}`, async () => {
			const found = (await shelves()).get(device);
			return found?.quality === "good" && found.grams === grams ? found : undefined;
		});
	await esphome.set({ grams: 900 });
	await shelly.set({ grams: 200 });
	await edge.set(0, { grams: 300 });
	bus.set(18, { grams: 400 });
	expect(await shelfOf("schap-esp", 900)).toMatchObject({
		pieces: 9,
		isLow: false,
		books: { quantity: 5000, unit: "pcs" },
		differs: "more",
	});
	expect(await shelfOf("schap-uni", 200)).toMatchObject({ pieces: 2, isLow: true });
	await shelfOf("schap-edge", 300);
	await shelfOf("schap-draad", 400);

	await esphome.unplug();
	await until("the sensor to be away", async () => {
		const devices = await getJson<DeviceState[]>(`${httpUrl}/api/v1/devices`, token);
		const state = devices.find(({ device }) => device === "schap-esp");
		return state?.state === "offline" && state.fault?.code === "SENSOR_OFFLINE" ? state : undefined;
	});
	expect((await shelves()).get("schap-esp")).toMatchObject({ quality: "offline" });

	// What sensors say books nothing: the stock is what was received, and the journal has not grown.
	expect(await getJson(`${httpUrl}/api/v1/stock/kaas-1`, token)).toMatchObject({ here: { quantity: 5000 } });
	expect((await getJson<{ journal?: unknown }>(`${httpUrl}/api/v1/health`, token)).journal).toEqual(journal.journal);

	const found = await shop.cli("devices", "scan");
	expect(found).toContain(spare.link);
	await Promise.all([spare.close(), shelly.close(), edge.close(), bus.unplug()]);
});
