import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import mqtt from "mqtt";
import { expect, test } from "vitest";
import { startPrinter } from "../firmware-bridge/emulators/escpos.ts";
import { paperText } from "../firmware-bridge/emulators/paper.ts";
import { pidOfPart } from "./part-process.ts";
import { saleNow, salesTopic } from "./sales.ts";
import { getJson, nowhere, Shop, until } from "./shop.ts";

test("bridge killed during printing: the result says so, the sale stands, the printer comes back by itself", async () => {
	const printer = await startPrinter({ port: 0, msPerLine: 40 });
	await using shop = await Shop.create({
		cloud: await nowhere(),
		devices: { bonprinter: { driver: "escpos", link: `tcp://127.0.0.1:${printer.port}` } },
	});
	const { pid, httpUrl, mqttUrl, token } = await shop.start();
	const isOnline = async (): Promise<DeviceState | undefined> =>
		(await getJson<DeviceState[]>(`${httpUrl}/api/v1/devices`, token)).find(
			({ device, state }) => device === "bonprinter" && state === "online",
		);
	await until("the printer to be online", isOnline);
	const register = await mqtt.connectAsync(mqttUrl, { ...(await shop.pair("register", "kassa-1")) });
	const results: Result[] = [];
	register.on("message", (_, payload) => results.push(JSON.parse(payload.toString()) as Result));
	await register.subscribeAsync("kassahub/devices/+/results", { qos: 1 });

	const interrupted = saleNow("kassa-1");
	await register.publishAsync(salesTopic("kassa-1"), JSON.stringify(interrupted), { qos: 1 });
	await until("printing to begin", () => paperText(printer.unfinished).includes("De Vijzel") || undefined);
	process.kill(pidOfPart(pid, "firmware-bridge/main.ts"), "SIGKILL");

	const result = await until("the result", () => results.at(0));
	expect(result.status).toBe("unknown");
	expect(result.fault?.code).toBe("COMMAND_INTERRUPTED");
	await getJson(`${httpUrl}/api/v1/sales/${interrupted.id}`, token);

	await until("the printer to be back", isOnline);
	const next = saleNow("kassa-1");
	await register.publishAsync(salesTopic("kassa-1"), JSON.stringify(next), { qos: 1 });
	const done = await until("the next receipt's result", () => results.find((one) => one.id !== result.id));
	expect(done.status).toBe("done");
	await register.endAsync();
	await printer.close();
});
