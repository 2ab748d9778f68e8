import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { Turnover } from "@kassahub/contracts/turnover.ts";
import pino from "pino";
import { expect, test } from "vitest";
import { openClock } from "../hub/clock.ts";
import { readSettings } from "../hub/config.ts";
import { openHub } from "../hub/hub.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { RawRegister } from "./raw-register.ts";
import { saleNow } from "./sales.ts";
import { bearer, freePort, getJson, until } from "./shop.ts";

const DAYS = 30;
const SALES_A_DAY = 3_400;
const IN_FLIGHT = 64;
const DAY_MS = 24 * 3600 * 1000;

test(`cloud killed and the network cut for ${DAYS} days with ${DAYS * SALES_A_DAY} sales: all arrive once, in order`, async () => {
	const folder = mkdtempSync(join(tmpdir(), "kassahub-month-"));
	const brokerPort = await freePort();
	const officePort = await freePort();
	const line = new FaultProxy(brokerPort);
	const linePort = await line.open();
	const login = { username: "vijzel", password: "a-month-away" };
	writeFileSync(join(folder, "cloud-password"), login.password);
	writeFileSync(
		join(folder, "devices.yaml"),
		JSON.stringify({
			shop: { id: "vijzel", name: "De Vijzel" },
			cloud: { url: `mqtt://127.0.0.1:${linePort}`, username: login.username, passwordFile: "cloud-password" },
		}),
	);
	const settings = readSettings({
		KASSAHUB_CONFIG: join(folder, "devices.yaml"),
		KASSAHUB_DATA: join(folder, "data"),
		KASSAHUB_HTTP_PORT: "0",
		KASSAHUB_MQTT_PORT: "0",
		KASSAHUB_HTTPS_PORT: "0",
		KASSAHUB_MQTTS_PORT: "0",
		KASSAHUB_MDNS: "off",
		KASSAHUB_LOG: "error",
	});
	const log = pino({ level: "error" });
	const startCloud = (): ChildProcess =>
		spawn(process.execPath, [join(settings.root, "cloud/main.ts")], {
			env: {
				...process.env,
				KASSAHUB_DATA: join(folder, "cloud"),
				KASSAHUB_OFFICE_PORT: String(officePort),
				KASSAHUB_CLOUD_MQTT_PORT: String(brokerPort),
				KASSAHUB_CLOUD_USERNAME: login.username,
				KASSAHUB_CLOUD_PASSWORD: login.password,
			},
			stdio: "ignore",
		});

	/** Opens the hub `day` days from now, sells, and closes it for the night. */
	const tradeFor = async (
		day: number,
		count: number,
		meanwhile: (hub: { httpUrl: string; token: string }) => Promise<void>,
	) => {
		const clock = openClock({ offsetMs: day * DAY_MS });
		const hub = await openHub(settings, log, { clock });
		const token = hub.firstLogin?.token ?? technician;
		technician = token;
		const httpUrl = `http://127.0.0.1:${hub.httpPort}`;
		const paired = await fetch(`${httpUrl}/api/v1/pairings`, {
			method: "POST",
			headers: { ...bearer(token), "content-type": "application/json" },
			body: JSON.stringify({ kind: "register", name: "kassa-1" }),
		});
		const register = await RawRegister.connect(`mqtt://127.0.0.1:${hub.mqttPort}`, (await paired.json()) as never);
		let left = count;
		const sell = async (): Promise<void> => {
			while (left-- > 0) {
				const sale = saleNow("kassa-1", { at: clock.now().at });
				if (!(await register.sell(sale))) throw new Error("a sale was not acknowledged");
				sent.push(sale.id);
			}
		};
		await Promise.all(Array.from({ length: IN_FLIGHT }, sell));
		register.close();
		await meanwhile({ httpUrl, token });
		await hub.close();
	};

	let technician = "";
	const sent: string[] = [];
	let cloud = startCloud();
	try {
		await tradeFor(0, 100, async () => {
			await until("the first sales in the cloud", async () => (await officeSales(officePort)) === 100 || undefined);
		});
		const killed = once(cloud, "exit");
		cloud.kill("SIGKILL");
		await killed;
		line.isRefusing = true;
		line.reset();
		for (let day = 1; day <= DAYS; day++) await tradeFor(day, SALES_A_DAY, async () => undefined);

		line.isRefusing = false;
		cloud = startCloud();
		await tradeFor(DAYS + 1, 0, async ({ httpUrl, token }) => {
			await until(
				"the whole month in the cloud",
				async () => (await officeSales(officePort)) === sent.length || undefined,
				300_000,
			);
			const days = new Map<string, number>();
			let entries: JournalEntry[] = [];
			let after = 0;
			do {
				({ entries } = await getJson<{ entries: JournalEntry[] }>(
					`${httpUrl}/api/v1/journal?after=${after}&limit=1000`,
					token,
				));
				for (const entry of entries) {
					expect(entry.number).toBe(++after);
					const day = (entry.payload as { at: string }).at.slice(0, 10);
					days.set(day, (days.get(day) ?? 0) + (entry.payload as { total: number }).total);
				}
			} while (entries.length > 0);
			expect(after).toBe(DAYS * SALES_A_DAY + 100);
			for (const [day, total] of days) {
				const turnover = await getJson<Turnover>(
					`http://127.0.0.1:${officePort}/api/v1/turnover?shop=vijzel&day=${day}`,
				);
				expect(turnover.total, day).toBe(total);
			}
		});
		expect(new Set(sent).size).toBe(DAYS * SALES_A_DAY + 100);
	} finally {
		cloud.kill("SIGKILL");
		await line.close();
		rmSync(folder, { recursive: true, force: true });
	}
}, 900_000);

/** Sales that the back office knows of, by its last journal number. */
async function officeSales(port: number): Promise<number> {
	const answer = await fetch(`http://127.0.0.1:${port}/api/v1/shops`).catch(() => undefined);
	if (!answer?.ok) return 0;
	const { shops } = (await answer.json()) as { shops: { lastNumber: number }[] };
	return shops[0]?.lastNumber ?? 0;
}
