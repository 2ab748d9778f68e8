import { writeFileSync } from "node:fs";
import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Health } from "@kassahub/contracts/health.ts";
import type { Shop as ShopAnswer } from "@kassahub/contracts/shop.ts";
import mqtt from "mqtt";
import { expect, test } from "vitest";
import { type EmulatedPrinter, startPrinter } from "../firmware-bridge/emulators/escpos.ts";
import { paperText } from "../firmware-bridge/emulators/paper.ts";
import { saleNow, salesTopic } from "./sales.ts";
import { getJson, nowhere, Shop, until } from "./shop.ts";

test("a shop that edits devices.yaml while it sells: printers come and go, the name changes, a mistake changes nothing", async () => {
	const [counter, kitchen] = await Promise.all([startPrinter({ port: 0 }), startPrinter({ port: 0 })]);
	const cloud = await nowhere();
	await using shop = await Shop.create({ cloud });
	const { httpUrl, mqttUrl, token } = await shop.start();
	const devices = () => getJson<DeviceState[]>(`${httpUrl}/api/v1/devices`, token);
	const alerts = async () => (await getJson<Health>(`${httpUrl}/api/v1/health`, token)).alerts;
	const answered = () => getJson<ShopAnswer>(`${httpUrl}/api/v1/shop`, token);
	const alertNames = async () => (await alerts()).map(({ code, subject }) => `${code} ${subject}`);
	const online = (name: string) =>
		until(`${name} to be online`, async () =>
			(await devices()).find(({ device, state }) => device === name && state === "online"),
		);
	const write = (name: string, entries: Record<string, DeviceConfig>, rest: object = { cloud }) =>
		writeFileSync(shop.configFile, JSON.stringify({ shop: { id: "vijzel", name }, ...rest, devices: entries }));
	const at = (printer: EmulatedPrinter): DeviceConfig => ({
		driver: "escpos",
		link: `tcp://127.0.0.1:${printer.port}`,
	});
	const register = await mqtt.connectAsync(mqttUrl, { ...(await shop.pair("register", "kassa-1")) });
	const sell = () => register.publishAsync(salesTopic("kassa-1"), JSON.stringify(saleNow("kassa-1")), { qos: 1 });
	const printedOn = (printer: EmulatedPrinter, count: number) =>
		until(`paper ${count}`, () => (printer.papers.length === count ? paperText(printer.lastPaper) : undefined));

	write("De Vijzel", { bonprinter: at(counter) });
	const { since } = await online("bonprinter");
	await sell();
	expect(await printedOn(counter, 1)).toContain("De Vijzel");

	write("De Nieuwe Vijzel", { bonprinter: at(counter), keuken: at(kitchen) });
	await online("keuken");
	// The hub and the bridge each follow the file by themselves.
	await until("the hub to know the name", async () => (await answered()).name === "De Nieuwe Vijzel" || undefined);
	await sell();
	expect(await printedOn(counter, 2)).toContain("De Nieuwe Vijzel");
	expect(await printedOn(kitchen, 1)).toContain("De Nieuwe Vijzel");

	writeFileSync(shop.configFile, "shop: {\n");
	await until("the alert", async () => (await alertNames()).includes("CONFIG_INVALID config") || undefined);
	expect(await alertNames()).toEqual(["CONFIG_INVALID config"]);
	expect((await alerts())[0]?.detail).toMatch(/^line \d/);
	await until("the bridge to say so", async () =>
		(await devices()).find(({ device, state }) => device === "bridge" && state === "degraded"),
	);
	await sell();
	expect(await printedOn(counter, 3)).toContain("De Nieuwe Vijzel");
	await printedOn(kitchen, 2);

	kitchen.set({ cover: "open" });
	write("De Nieuwe Vijzel", { bonprinter: at(counter), keuken: at(kitchen) }, {});
	const wanted = "CONFIG_NEEDS_RESTART config, PRINTER_COVER_OPEN device:keuken";
	await until("the other alerts", async () => (await alertNames()).sort().join(", ") === wanted || undefined);

	write("De Nieuwe Vijzel", { bonprinter: at(counter) });
	await until("the kitchen to be forgotten", async () =>
		(await devices()).every(({ device }) => device !== "keuken") ? true : undefined,
	);
	await until("no alerts", async () => (await alerts()).length === 0 || undefined);
	await until("the hub to serve one printer", async () => (await answered()).printers.length === 1 || undefined);
	expect((await answered()).printers.map(({ device }) => device)).toEqual(["bonprinter"]);
	await sell();
	await printedOn(counter, 4);
	expect(kitchen.papers).toHaveLength(2);
	expect((await online("bonprinter")).since).toBe(since);

	await register.endAsync();
	await Promise.all([counter.close(), kitchen.close()]);
});
