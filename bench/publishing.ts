import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import mqtt from "mqtt";
import type { BrokerUnderTest, RunningBroker } from "./brokers/broker.ts";
import { median, residentMiB } from "./figures.ts";
import type { LoadOrder, LoadReport } from "./load.ts";

export type Cell = { registers: number; window: number };
export const CELLS: readonly Cell[] = [1, 20, 200].flatMap((registers) =>
	[1, 32].map((window) => ({ registers, window })),
);

export type CellFigures = LoadReport & { rounds: number[] };
export type BrokerFigures = {
	name: string;
	promise: string;
	cells: Record<string, CellFigures>;
	idleMiB: number;
	loadedMiB: number;
};

export const cellName = ({ registers, window }: Cell): string => `${registers}x${window}`;

/** Runs registers against a broker in a process of their own. */
export async function runLoad(order: LoadOrder): Promise<LoadReport> {
	const child = fork(join(import.meta.dirname, "load.ts"));
	child.send(order);
	const [report] = (await Promise.race([
		once(child, "message"),
		once(child, "exit").then(([code]) => Promise.reject(new Error(`the load ended with ${code}`))),
	])) as [LoadReport];
	return report;
}

const logins = (broker: RunningBroker, registers: number) =>
	Array.from({ length: registers }, (_, index) => broker.login(`kassa-${index + 1}`));

/** A back office that is away: its session makes a peer keep what the hub keeps in its journal. */
async function leaveDurableSession(port: number, login: { username: string; password: string }): Promise<void> {
	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { ...login, clientId: "office", clean: false });
	await client.subscribeAsync("kassahub/registers/+/sales", { qos: 1 });
	await client.endAsync();
}

/** Of a process and all below it: some programs start by a script. The hub's bridge and relay are left out, as no peer has them. */
function memoryOf(pid: number, isHub: boolean): number {
	const own = residentMiB(readFileSync(`/proc/${pid}/status`, "utf8"));
	if (isHub) return own;
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
	return children
		.split(" ")
		.filter(Boolean)
		.reduce((sum, child) => sum + memoryOf(Number(child), false), own);
}

/** Every cell for every broker, the brokers taking turns within a round, so that a slow minute hits all of them. */
export async function comparePublishing(
	brokers: readonly BrokerUnderTest[],
	options: { rounds: number; measureMs: number; say: (words: string) => void },
): Promise<BrokerFigures[]> {
	const collected = brokers.map(() => new Map<string, LoadReport[]>());
	const memory = brokers.map(() => ({ idleMiB: 0, loadedMiB: 0 }));
	for (let round = 0; round < options.rounds; round++) {
		for (const [index, broker] of brokers.entries()) {
			const running = await broker.start();
			try {
				memory[index] = { idleMiB: memoryOf(running.pid, broker.name === "kassahub"), loadedMiB: 0 };
				const isPeer = broker.name !== "kassahub" && broker.name !== "plain aedes";
				if (isPeer) await leaveDurableSession(running.port, running.login("office"));
				for (const cell of CELLS) {
					const report = await runLoad({
						port: running.port,
						logins: logins(running, cell.registers),
						window: cell.window,
						warmUpMs: 700,
						measureMs: options.measureMs,
					});
					const reports = collected[index]?.get(cellName(cell)) ?? [];
					collected[index]?.set(cellName(cell), [...reports, report]);
					options.say(`round ${round + 1}: ${broker.name} ${cellName(cell)}: ${Math.round(report.perSecond)} sales/s`);
				}
				(memory[index] as { loadedMiB: number }).loadedMiB = memoryOf(running.pid, broker.name === "kassahub");
			} finally {
				await running.stop();
			}
		}
	}
	return brokers.map((broker, index) => ({
		name: broker.name,
		promise: broker.promise,
		...(memory[index] as { idleMiB: number; loadedMiB: number }),
		cells: Object.fromEntries([...(collected[index] ?? [])].map(([name, reports]) => [name, medianOf(reports)])),
	}));
}

const medianOf = (reports: readonly LoadReport[]): CellFigures => ({
	perSecond: median(reports.map((report) => report.perSecond)),
	p50Ms: median(reports.map((report) => report.p50Ms)),
	p99Ms: median(reports.map((report) => report.p99Ms)),
	acknowledged: median(reports.map((report) => report.acknowledged)),
	rounds: reports.map((report) => Math.round(report.perSecond)),
});
