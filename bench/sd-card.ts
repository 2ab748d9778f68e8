import mqtt from "mqtt";
import { startHub } from "./brokers/hub.ts";
import { percentile } from "./figures.ts";
import type { LoadReport } from "./load.ts";
import { type Cell, cellName, runLoad } from "./publishing.ts";

/** An SD card takes 5 to 100 ms for a flush; this adds eight to each, by strace, as the kernel would. */
const SYNC_MS = 8;
const CELLS: readonly Cell[] = [
	{ registers: 1, window: 1 },
	{ registers: 20, window: 1 },
	{ registers: 200, window: 1 },
	{ registers: 20, window: 32 },
];
const PROBE_EVERY_MS = 5;

export type SdCard = {
	syncMs: number;
	cells: Record<string, LoadReport>;
	qos0: { p50Ms: number; p99Ms: number; probes: number };
};

/** The hub on a slow card: sales acknowledged, and what QoS 0 traffic feels of the commits meanwhile. */
export async function onSdCard(measureMs: number): Promise<SdCard> {
	const inject = `inject=fdatasync,fsync:delay_exit=${SYNC_MS * 1000}`;
	const hub = await startHub([
		"strace",
		"-f",
		"-qq",
		"--seccomp-bpf",
		"-o",
		"/dev/null",
		"-e",
		"trace=fdatasync,fsync",
		"-e",
		inject,
	]);
	try {
		const cells: Record<string, LoadReport> = {};
		const probe = await probeQos0(hub.port, hub.login("peiler"), hub.login("kassa-200"));
		for (const cell of CELLS) {
			const logins = Array.from({ length: cell.registers }, (_, index) => hub.login(`kassa-${index + 1}`)).slice(
				0,
				199,
			);
			const order = { port: hub.port, logins, window: cell.window, warmUpMs: 500, measureMs };
			const isProbed = cell.registers === 20 && cell.window === 1;
			if (isProbed) {
				// The first login of a register costs a slow hash: not what a commit does to others.
				await runLoad({ ...order, measureMs: 0 });
				probe.start();
			}
			cells[cellName(cell)] = await runLoad(order);
			if (isProbed) probe.stop();
		}
		return { syncMs: SYNC_MS, cells, qos0: probe.figures() };
	} finally {
		await hub.stop();
	}
}

type Login = { clientId: string; username: string; password: string };

/** A sensor's reading every five milliseconds, timed to a register that listens. */
async function probeQos0(port: number, sensorLogin: Login, listenerLogin: Login) {
	const url = `mqtt://127.0.0.1:${port}`;
	const sensor = await mqtt.connectAsync(url, { ...sensorLogin, reconnectPeriod: 0 });
	const listener = await mqtt.connectAsync(url, { ...listenerLogin, reconnectPeriod: 0 });
	const topic = "kassahub/devices/peiler/readings";
	const latencies: number[] = [];
	await listener.subscribeAsync(topic, { qos: 0 });
	listener.on("message", (_, payload) => {
		latencies.push(performance.now() - (JSON.parse(payload.toString()) as { sentAt: number }).sentAt);
	});
	let timer: NodeJS.Timeout | undefined;
	return {
		start() {
			timer = setInterval(() => {
				const reading = {
					type: "shelf",
					device: "peiler",
					at: new Date().toISOString(),
					grams: 1,
					sentAt: performance.now(),
				};
				sensor.publish(topic, JSON.stringify(reading), { qos: 0 });
			}, PROBE_EVERY_MS);
		},
		stop() {
			clearInterval(timer);
			sensor.end(true);
			listener.end(true);
		},
		figures: () => ({
			p50Ms: percentile(latencies, 0.5),
			p99Ms: percentile(latencies, 0.99),
			probes: latencies.length,
		}),
	};
}
