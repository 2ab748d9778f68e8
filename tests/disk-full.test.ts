import type { Alert } from "@kassahub/contracts/alert.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import mqtt from "mqtt";
import { expect, test } from "vitest";
import { fillDisk, makeRoom, mountSmallDisk, unmount } from "./full-disk.ts";
import { RawRegister } from "./raw-register.ts";
import { saleNow } from "./sales.ts";
import { nowhere, Shop, until } from "./shop.ts";

test("disk full at the journal: no PUBACK, an alert, and all goes on when space returns", async () => {
	await using shop = await Shop.create({
		// A back office elsewhere that is out of reach: an embedded one would not fit on this small disk.
		cloud: await nowhere(),
	});
	mountSmallDisk(shop.dataDir);
	try {
		const { mqttUrl } = await shop.start();
		const credentials = await shop.pair("register", "kassa-1");
		const alerts: Alert[] = [];
		const technician = await mqtt.connectAsync(mqttUrl, { ...(await shop.pair("technician", "monteur")) });
		technician.on("message", (_, payload) => alerts.push(JSON.parse(payload.toString()) as Alert));
		await technician.subscribeAsync("kassahub/alerts", { qos: 1 });

		const acknowledged: string[] = [];
		let refused: ReturnType<typeof saleNow> | undefined;
		fillDisk(shop.dataDir);
		let register = await RawRegister.connect(mqttUrl, credentials);
		// The journal may still have room in pages it already owns.
		for (let count = 0; count < 5000 && !refused; count++) {
			const sale = saleNow("kassa-1");
			if (await register.sell(sale)) acknowledged.push(sale.id);
			else refused = sale;
		}
		expect(refused, "the disk never ran full").toBeDefined();
		await until("the alert", () =>
			alerts.find((alert) => alert.code === "JOURNAL_DISK_FULL" && alert.state === "raised"),
		);

		makeRoom(shop.dataDir);
		register = await RawRegister.connect(mqttUrl, credentials);
		expect(await register.sell(refused as ReturnType<typeof saleNow>)).toBe(true);
		acknowledged.push((refused as ReturnType<typeof saleNow>).id);
		await until("the alert to clear", () =>
			alerts.find((alert) => alert.code === "JOURNAL_DISK_FULL" && alert.state === "cleared"),
		);
		register.close();
		await technician.endAsync();

		await shop.cli("journal", "verify");
		const entries = (await shop.cli("journal", "export"))
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as JournalEntry);
		const sales = entries.filter(({ kind }) => kind === "sale");
		expect(sales.map(({ id }) => id)).toEqual(acknowledged);
	} finally {
		await shop.stop();
		unmount(shop.dataDir);
	}
});
