import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import { RawRegister } from "../tests/raw-register.ts";
import { saleNow } from "../tests/sales.ts";
import { getJson, until } from "../tests/shop.ts";
import { type RunningHub, startHub } from "./brokers/hub.ts";
import type { CrowdOrder, CrowdReport } from "./crowd-devices.ts";
import { percentile } from "./figures.ts";

const REGISTERS = 10;
/** Ten sales a second at each register: far more than a shop's busiest hour, and far less than the hub can take. */
const PAUSE_MS = 100;
const PRINTERS = 10;
const SCALES = 10;
/** As many as may be connected by one account. */
const SENSORS_PER_ACCOUNT = 50;

export type Crowd = {
	sensors: number;
	/** Messages of sensors a second while it was busy. */
	spokenPerSecond: number;
	quiet: { p50Ms: number; p99Ms: number; sales: number };
	busy: { p50Ms: number; p99Ms: number; sales: number };
};

async function ask(child: ChildProcess, order: CrowdOrder): Promise<CrowdReport> {
	child.send(order);
	return ((await once(child, "message")) as [CrowdReport])[0];
}

/** PUBACK latencies of a shop that sells at a steady pace. */
async function sell(registers: readonly RawRegister[], ms: number): Promise<number[]> {
	const latencies: number[] = [];
	const until = performance.now() + ms;
	await Promise.all(
		registers.map(async (register, index) => {
			await new Promise((resolve) => setTimeout(resolve, (index * PAUSE_MS) / registers.length));
			while (performance.now() < until) {
				const startedAt = performance.now();
				await register.sell(saleNow(`kassa-${index + 1}`));
				latencies.push(performance.now() - startedAt);
				await new Promise((resolve) => setTimeout(resolve, Math.max(0, PAUSE_MS - (performance.now() - startedAt))));
			}
		}),
	);
	return latencies;
}

const figuresOf = (latencies: readonly number[]) => ({
	p50Ms: percentile(latencies, 0.5),
	p99Ms: percentile(latencies, 0.99),
	sales: latencies.length,
});

/**
 * What twenty devices, of which the scales are polled five times a second, and hundreds of sensors at 1 Hz cost a sale:
 * the PUBACKs of the same registers while the sensors are quiet and while they speak, in turn.
 */
export async function crowd(sensors: number, rounds: number, measureMs: number): Promise<Crowd> {
	const child = fork(join(import.meta.dirname, "crowd-devices.ts"));
	const ports = (await ask(child, { start: { printers: PRINTERS, scales: SCALES } })) as Extract<
		CrowdReport,
		{ printers: number[] }
	>;
	const devices: Record<string, DeviceConfig> = {};
	for (const [index, port] of ports.printers.entries()) {
		// Every sale is printed somewhere in a shop; here the printers only hold their connection.
		devices[`printer-${index + 1}`] = { driver: "escpos", link: `tcp://127.0.0.1:${port}`, receipts: "on-request" };
	}
	for (const [index, port] of ports.scales.entries()) {
		devices[`scale-${index + 1}`] = { driver: "toledo8217", link: `tcp://127.0.0.1:${port}` };
	}
	const rows = Array.from({ length: Math.ceil(sensors / SENSORS_PER_ACCOUNT) }, (_, row) => ({
		name: `rij${row + 1}-schap`,
		count: Math.min(SENSORS_PER_ACCOUNT, sensors - row * SENSORS_PER_ACCOUNT),
	}));
	for (const { name, count } of rows) {
		for (let index = 1; index <= count; index++) {
			devices[`${name}${index}`] = {
				driver: "home-assistant",
				link: `mqtt://hub/homeassistant/+/${name}${index}`,
				settings: { shelves: [{ name: `${name} ${index}`, source: "gewicht", unitGrams: 150 }] },
			};
		}
	}
	const hub = await startHub([], REGISTERS, devices);
	try {
		const url = `mqtt://127.0.0.1:${hub.port}`;
		const farms = [];
		for (const { name, count } of rows) {
			const { username, password } = await hub.shop.pair("sensor", name);
			farms.push({ login: { url, username, password }, count, name });
		}
		await ask(child, { sensors: farms });
		await allOnline(hub, Object.keys(devices).length);
		const registers = await Promise.all(
			Array.from({ length: REGISTERS }, (_, index) => RawRegister.connect(url, hub.login(`kassa-${index + 1}`))),
		);
		await sell(registers, 2000);
		const [quiet, busy]: [number[], number[]] = [[], []];
		let spoken = 0;
		for (let round = 0; round < rounds; round++) {
			quiet.push(...(await sell(registers, measureMs)));
			await ask(child, { isSpeaking: true });
			await sell(registers, 1000);
			await ask(child, { isSpeaking: true });
			busy.push(...(await sell(registers, measureMs)));
			spoken += ((await ask(child, { isSpeaking: false })) as { spoken: number }).spoken;
		}
		for (const register of registers) register.close();
		const spokenPerSecond = spoken / ((rounds * measureMs) / 1000);
		return { sensors, spokenPerSecond, quiet: figuresOf(quiet), busy: figuresOf(busy) };
	} finally {
		await hub.stop();
		child.kill();
	}
}

async function allOnline({ shop }: RunningHub, count: number): Promise<void> {
	const { httpUrl, token } = shop.running;
	await until(
		"every device to be on line",
		async () => {
			const states = await getJson<DeviceState[]>(`${httpUrl}/api/v1/devices`, token);
			return states.filter(({ state }) => state === "online").length >= count || undefined;
		},
		120_000,
	);
}
