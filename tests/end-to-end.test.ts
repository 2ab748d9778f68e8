import { execFileSync } from "node:child_process";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import mqtt from "mqtt";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { startPrinter } from "../firmware-bridge/emulators/escpos.ts";
import { paperText } from "../firmware-bridge/emulators/paper.ts";
import { saleNow, salesTopic } from "./sales.ts";
import { getJson, Shop, until } from "./shop.ts";

test("a sale published by mosquitto_pub is in the journal, the stock, the receipt and the back office's page", async () => {
	const printer = await startPrinter({ port: 0 });
	await using shop = await Shop.create({
		devices: { bonprinter: { driver: "escpos", link: `tcp://127.0.0.1:${printer.port}` } },
	});
	const { httpUrl, mqttUrl, token } = await shop.start();
	await until("the printer to be online", async () => {
		const devices = await getJson<DeviceState[]>(`${httpUrl}/api/v1/devices`, token);
		return devices.find(({ device, state }) => device === "bonprinter" && state === "online");
	});
	const credentials = JSON.parse(await shop.cli("pair", "--kind", "register", "--name", "kassa-1")) as Credentials;
	const technician = await shop.pair("technician", "monteur");
	const levels: StockLevel[] = [];
	const listener = await mqtt.connectAsync(mqttUrl, { ...technician });
	listener.on("message", (_, payload) => levels.push(JSON.parse(payload.toString()) as StockLevel));
	await listener.subscribeAsync("kassahub/stock/levels/+");

	const sale = saleNow("kassa-1");
	const { port } = new URL(mqttUrl);
	const { username, password, clientId } = credentials;
	execFileSync("mosquitto_pub", [
		...["-p", port, "-i", clientId, "-u", username, "-P", password],
		...["-q", "1", "-t", salesTopic("kassa-1"), "-m", JSON.stringify(sale)],
	]);

	const booked = await getJson<JournalEntry & { sale: Sale }>(`${httpUrl}/api/v1/sales/${sale.id}`, credentials.token);
	expect(booked.sale).toEqual(sale);
	expect(booked.source).toBe("register:kassa-1");
	const level = await until("the stock level", () => levels.find((one) => one.sku === "4002"));
	expect(level.here.quantity).toBe(-1250);

	const paper = await until("the receipt", () => printer.papers.at(-1));
	const receipt = paperText(paper);
	for (const words of ["De Vijzel", "Elstar", "3,74", "3,75", "9%"])
		expect(receipt.replace("9 %", "9%")).toContain(words);

	const office = await until("the back office", async () => {
		const answer = await fetch(`${shop.officeUrl}/api/v1/sales/${sale.id}`).catch(() => undefined);
		return answer?.ok ? ((await answer.json()) as { sale: Sale }) : undefined;
	});
	expect(office.sale).toEqual(sale);
	const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
	try {
		const page = await browser.newPage({ locale: "nl-NL" });
		await page.goto(shop.officeUrl);
		await page.getByText("De Vijzel").first().waitFor();
		await page.getByText(/3,74/).first().waitFor();
	} finally {
		await browser.close();
	}
	await listener.endAsync();
	await printer.close();
});
