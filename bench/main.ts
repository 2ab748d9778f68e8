// `npm run bench`: the hub beside its peers, in one run on one machine. Quote the ratios, not the figures.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { plainAedes } from "./brokers/aedes.ts";
import type { BrokerUnderTest } from "./brokers/broker.ts";
import { hub, startHub } from "./brokers/hub.ts";
import { mosquitto } from "./brokers/mosquitto.ts";
import { rabbitmq } from "./brokers/rabbitmq.ts";
import { coldStart, coldStartOfHub } from "./cold-start.ts";
import { compareDevices, printDevices } from "./devices.ts";
import { type FanOut, fanOut } from "./fan-out.ts";
import { table } from "./figures.ts";
import { physicalLimits } from "./limits.ts";
import { type BrokerFigures, CELLS, cellName, comparePublishing } from "./publishing.ts";
import { onSdCard } from "./sd-card.ts";

const isQuick = process.argv.includes("--quick");
const rounds = isQuick ? 1 : 3;
const measureMs = isQuick ? 1000 : 2500;
const say = (words: string): void => console.error(`[bench] ${words}`);
const peers: readonly BrokerUnderTest[] = [plainAedes, mosquitto, rabbitmq];
const brokers = [hub, ...peers];

say(`${rounds} rounds of ${measureMs} ms a cell; this takes about ${isQuick ? 4 : 10} minutes`);
const limits = await physicalLimits();
const publishing = await comparePublishing(brokers, { rounds, measureMs, say });

say("fan-out to 50 registers");
const fanOuts: Record<string, FanOut> = {};
for (const broker of brokers) {
	const running = broker === hub ? await startHub([], 50) : await broker.start();
	fanOuts[broker.name] = await fanOut(running, measureMs);
	await running.stop();
}

say("cold start to the first accepted sale");
const coldStarts: Record<string, number> = { [hub.name]: await coldStartOfHub() };
for (const peer of peers) coldStarts[peer.name] = await coldStart(peer);

say("an emulated SD card");
const sdCard = await onSdCard(measureMs);

const devices = await compareDevices({ rounds, measureMs, say });

say("relay drain of 50,000 rows");
const drain = spawnSync(process.execPath, [join(import.meta.dirname, "relay-drain.ts")], { encoding: "utf8" });
if (drain.status !== 0) throw new Error(drain.stderr);
const relay: unknown = JSON.parse(drain.stdout.trim().split("\n").at(-1) as string);

const ours = publishing[0] as BrokerFigures;
const perSecond = (figures: BrokerFigures, cell: string): number => figures.cells[cell]?.perSecond ?? Number.NaN;
const ratio = (value: number): string => `${value.toFixed(2)}x`;
const cells = CELLS.map(cellName);

console.log(`\nAcknowledged sales a second (registers x window), kassahub as a ratio of each\n`);
console.log(
	table([
		["", ...cells],
		["kassahub, sales/s", ...cells.map((cell) => Math.round(perSecond(ours, cell)).toLocaleString("en"))],
		...publishing
			.slice(1)
			.map((peer) => [
				`vs ${peer.name} (${peer.promise})`,
				...cells.map((cell) => ratio(perSecond(ours, cell) / perSecond(peer, cell))),
			]),
	]),
);
console.log("\nPUBACK latency p50 / p99, ms\n");
console.log(
	table([
		["", ...cells],
		...publishing.map((broker) => [
			broker.name,
			...cells.map((cell) => `${broker.cells[cell]?.p50Ms.toFixed(2)} / ${broker.cells[cell]?.p99Ms.toFixed(1)}`),
		]),
	]),
);
const floor = limits.fdatasyncMs + limits.roundTripMs;
console.log(
	`\n1x1 p50 is ${ratio((ours.cells["1x1"]?.p50Ms ?? Number.NaN) / floor)} of one fdatasync (${limits.fdatasyncMs.toFixed(3)} ms) plus one loopback round trip (${limits.roundTripMs.toFixed(3)} ms)`,
);
console.log("\nFan-out to 50 registers at QoS 0, memory, cold start\n");
console.log(
	table([
		["", "messages/s", "p99 ms", "kassahub vs", "RSS idle MiB", "after load", "first sale ms"],
		...publishing.map((broker) => {
			const figures = fanOuts[broker.name] as FanOut;
			return [
				broker.name,
				Math.round(figures.messagesPerSecond).toLocaleString("en"),
				figures.p99Ms.toFixed(1),
				ratio((fanOuts[hub.name]?.messagesPerSecond ?? Number.NaN) / figures.messagesPerSecond),
				broker.idleMiB.toFixed(0),
				broker.loadedMiB.toFixed(0),
				(coldStarts[broker.name] ?? Number.NaN).toFixed(0),
			];
		}),
	]),
);
console.log(`\nOn an emulated SD card (${sdCard.syncMs} ms a sync)\n`);
console.log(
	table([
		["", ...Object.keys(sdCard.cells)],
		["sales/s", ...Object.values(sdCard.cells).map((cell) => Math.round(cell.perSecond).toLocaleString("en"))],
		[
			"p50 / p99 ms",
			...Object.values(sdCard.cells).map((cell) => `${cell.p50Ms.toFixed(1)} / ${cell.p99Ms.toFixed(1)}`),
		],
	]),
);
console.log(`QoS 0 meanwhile: p50 ${sdCard.qos0.p50Ms.toFixed(2)} ms, p99 ${sdCard.qos0.p99Ms.toFixed(2)} ms`);
printDevices(devices);
console.log("\nRelay\n");
console.log(JSON.stringify(relay, null, 2));

const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
const file = join(folder, `${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.json`);
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryGiB: totalmem() / 2 ** 30, node: process.version };
writeFileSync(
	file,
	JSON.stringify({ machine, limits, publishing, fanOuts, coldStarts, sdCard, devices, relay }, null, "\t"),
);
console.log(`\nAll figures: ${file}`);
