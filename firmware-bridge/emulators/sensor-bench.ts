/**
 * Plays shelf sensors on a broker, each with a weight that changes once in a while:
 * Usage: node firmware-bridge/emulators/sensor-bench.ts --url mqtt://127.0.0.1:1883 --username schappen
 *   --password-file ./schappen.txt --convention esphome --count 20 --every 5000
 * Conventions: esphome, zigbee2mqtt, device, tasmota, shelly, shelly-gen1, sparkplug. It prints their links, and ends by Ctrl-C.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ConventionName, conventions } from "./sensor-conventions.ts";
import { startFarm } from "./sensor-farm.ts";
import { EmulatedEdge } from "./sparkplug-edge.ts";

const { values } = parseArgs({
	options: {
		url: { type: "string", default: "mqtt://127.0.0.1:1883" },
		username: { type: "string", default: "schappen" },
		"password-file": { type: "string" },
		convention: { type: "string", default: "esphome" },
		count: { type: "string", default: "20" },
		every: { type: "string", default: "5000" },
	},
});

type Played = { link: string; set(change: { grams: number }): Promise<void>; close(): Promise<void> };

const password = values["password-file"] === undefined ? "" : readFileSync(values["password-file"], "utf8").trim();
const login = { url: values.url, username: values.username, password };
const sensors = await start(values.convention, Number(values.count));
for (const { link } of sensors) process.stdout.write(`${link}\n`);

async function start(convention: string, count: number): Promise<Played[]> {
	if (convention === "sparkplug") {
		const edge = new EmulatedEdge(login, { count });
		await edge.plugIn();
		return Array.from({ length: count }, (_, index) => ({
			link: edge.link(index),
			set: (change) => edge.set(index, change),
			close: () => edge.close(),
		}));
	}
	if (!Object.hasOwn(conventions, convention)) throw new Error(`--convention ${convention}: no such convention`);
	return startFarm(login, { convention: convention as ConventionName, count });
}

let turn = 0;
const speaking = setInterval(
	() => {
		const grams = 1000 + ((turn * 37) % 5000);
		void sensors[turn++ % sensors.length]?.set({ grams });
	},
	Math.max(1, Number(values.every) / Math.max(1, sensors.length)),
);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
	process.once(signal, () => {
		clearInterval(speaking);
		void Promise.all(sensors.map((sensor) => sensor.close())).finally(() => process.exit(0));
	});
}
