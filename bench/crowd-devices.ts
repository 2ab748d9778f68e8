// A process of its own: twenty devices on the network, and hundreds of shelf sensors that speak once a second when told.
import { once } from "node:events";
import { createServer } from "node:net";
import { startPrinter } from "../firmware-bridge/emulators/escpos.ts";
import { type BrokerLogin, type EmulatedSensor, startFarm } from "../firmware-bridge/emulators/sensor-farm.ts";
import { EmulatedToledo8217 } from "../firmware-bridge/emulators/toledo8217.ts";

export type CrowdOrder =
	| { start: { printers: number; scales: number } }
	| { sensors: { login: BrokerLogin; count: number; name: string }[] }
	| { isSpeaking: boolean };
export type CrowdReport = { printers: number[]; scales: number[] } | { sensors: number } | { spoken: number };

const SECOND_MS = 1000;
const sensors: EmulatedSensor[] = [];
let speaking: NodeJS.Timeout | undefined;
let spoken = 0;

/** A scale behind a TCP serial server, whose weight changes with every question: nothing about it may be skipped. */
async function startScale(): Promise<number> {
	const server = createServer((socket) => {
		socket.setNoDelay(true);
		socket.on("error", () => undefined);
		const scale = new EmulatedToledo8217((bytes) => socket.write(bytes));
		let grams = 0;
		socket.on("data", (bytes) => {
			grams = (grams + 7) % 10_000;
			scale.set({ grams });
			scale.receive(bytes);
		});
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	return (server.address() as { port: number }).port;
}

/** Every sensor once a second, spread over the second as independent ones are. */
function speak(): void {
	let next = 0;
	const startedAt = performance.now();
	speaking = setInterval(() => {
		const due = ((performance.now() - startedAt) / SECOND_MS) * sensors.length;
		for (; next < due; next++) {
			void sensors[next % sensors.length]?.set({ grams: 1000 + ((next * 37) % 5000) });
			spoken++;
		}
	}, 10);
}

process.on("message", async (order: CrowdOrder) => {
	let report: CrowdReport;
	if ("start" in order) {
		const printers = await Promise.all(Array.from({ length: order.start.printers }, () => startPrinter({ port: 0 })));
		const scales = await Promise.all(Array.from({ length: order.start.scales }, startScale));
		report = { printers: printers.map(({ port }) => port), scales };
	} else if ("sensors" in order) {
		for (const { login, count, name } of order.sensors) {
			sensors.push(...(await startFarm(login, { convention: "esphome", count, name })));
		}
		report = { sensors: sensors.length };
	} else {
		clearInterval(speaking);
		if (order.isSpeaking) speak();
		report = { spoken };
		spoken = 0;
	}
	process.send?.(report);
});
