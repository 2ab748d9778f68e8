import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { expect, test } from "vitest";
import { RawRegister } from "./raw-register.ts";
import { saleNow } from "./sales.ts";
import { nowhere, Shop } from "./shop.ts";

const KILLS = process.env.KASSAHUB_FULL === "1" ? 50 : 5;
const IN_FLIGHT = 16;

test(
	`hub killed at load ${KILLS} times: every acknowledged sale is there once, redelivery books nothing twice`,
	async () => {
		await using shop = await Shop.create({ cloud: await nowhere() });
		const { mqttUrl } = await shop.start();
		const credentials = await shop.pair("register", "kassa-1");
		const acknowledged = new Set<string>();
		let unacknowledged: Sale[] = [];
		let running = mqttUrl;
		for (let kill = 0; kill < KILLS; kill++) {
			const register = await RawRegister.connect(running, credentials);
			// A register sends first what it never saw acknowledged: some of it may be in the books already.
			const redelivered = unacknowledged;
			unacknowledged = [];
			const killAfter = 20 + ((kill * 37) % 160);
			let answered = 0;
			const sellUntilCut = async (queue: Sale[]): Promise<void> => {
				for (;;) {
					const sale = queue.shift() ?? saleNow("kassa-1");
					if (!(await register.sell(sale))) {
						unacknowledged.push(sale);
						unacknowledged.push(...queue.splice(0));
						return;
					}
					acknowledged.add(sale.id);
					if (++answered === killAfter) void shop.kill();
				}
			};
			await Promise.all(Array.from({ length: IN_FLIGHT }, () => sellUntilCut(redelivered)));
			await shop.kill();
			running = (await shop.start()).mqttUrl;
		}
		const register = await RawRegister.connect(running, credentials);
		for (const sale of unacknowledged) {
			expect(await register.sell(sale)).toBe(true);
			acknowledged.add(sale.id);
		}
		register.close();

		await shop.cli("journal", "verify");
		const entries = (await shop.cli("journal", "export"))
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as JournalEntry);
		const booked = entries.map((entry) => entry.id);
		expect(new Set(booked).size).toBe(booked.length);
		expect(entries.map((entry) => entry.number)).toEqual(entries.map((_, index) => index + 1));
		expect([...acknowledged].filter((id) => !booked.includes(id))).toEqual([]);
		// Nothing was sent that is not now acknowledged, so no other sale may be in the books.
		expect(entries.filter(({ kind }) => kind === "sale")).toHaveLength(acknowledged.size);
	},
	KILLS * 20_000 + 60_000,
);
