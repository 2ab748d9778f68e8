import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readConfig } from "../../contracts/config-file.ts";
import { bearer, nowhere, Shop } from "../shop.ts";

const KILLS = process.env.KASSAHUB_FULL === "1" ? 30 : 3;

test(`hub killed ${KILLS} times amid changes of devices.yaml: the file is whole, and every change that was answered is in it`, async () => {
	await using shop = await Shop.create({ cloud: await nowhere() });
	const answered = new Map<string, string>();
	for (let kill = 0; kill < KILLS; kill++) {
		const { httpUrl, token } = await shop.start();
		let changes = 0;
		let killed: Promise<void> | undefined;
		const change = async (device: string): Promise<void> => {
			for (;;) {
				const link = `tcp://127.0.0.1:${10_000 + kill * 1000 + changes++}`;
				if (changes === 12 + kill * 3) killed = shop.kill();
				const answer = await fetch(`${httpUrl}/api/v1/config/devices/${device}`, {
					method: "PUT",
					headers: { ...bearer(token), "content-type": "application/json" },
					body: JSON.stringify({ driver: "escpos", link }),
				}).catch(() => undefined);
				if (!answer) return;
				expect(answer.ok, `${answer.status}`).toBe(true);
				answered.set(device, link);
			}
		};
		await Promise.all(["bonprinter", "keuken"].map(change));
		await killed;
		const { config } = readConfig(readFileSync(shop.configFile, "utf8"));
		expect(config.shop.name).toBe("De Vijzel");
		for (const [device, link] of answered) {
			const here = config.devices?.[device]?.link ?? "";
			// The change under way when the hub died may be in it or not; none that was answered may be lost.
			expect(Number(new URL(here).port)).toBeGreaterThanOrEqual(Number(new URL(link).port));
		}
	}
	await shop.start();
});
