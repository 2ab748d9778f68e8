import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Trace } from "@kassahub/contracts/trace.ts";
import { uuidv7 } from "uuidv7";
import type { Parts } from "../api/parts.ts";
import type { Clock } from "../clock.ts";
import type { Devices } from "../devices/devices.ts";
import type { Verification } from "../journal/verify.ts";
import type { Findings } from "./findings.ts";

/** The bridge tells what its flight recorders hold at once. */
const TRACES_WITHIN_MS = 1500;

type Sources = Pick<
	Parts,
	| "accounts"
	| "alerts"
	| "books"
	| "box"
	| "clock"
	| "config"
	| "dataDir"
	| "devices"
	| "histories"
	| "logs"
	| "people"
	| "relay"
>;

/** What a running hub knows of itself. */
export async function gatherFindings(parts: Sources, versions: Record<string, string>): Promise<Findings> {
	const { accounts, alerts, books, box, clock, config, dataDir, devices, histories, logs, people, relay } = parts;
	const [journal, traces, quarantine] = await Promise.all([
		verifyBeside(join(dataDir, "journal.db")),
		recordedFrames(devices, clock),
		books.quarantine(),
	]);
	const states = devices.list();
	const { shop } = config;
	return {
		at: new Date(clock.epochMs()),
		versions: {
			...versions,
			node: process.versions.node,
			machine: `${process.platform} ${process.arch}`,
			box: books.box,
		},
		config: { shop, devices: config.devices ?? {}, ...(config.mqtt ? { mqtt: config.mqtt } : {}) },
		box: box.view,
		devices: states,
		histories: states.flatMap(({ device }) => histories.history(device) ?? []),
		traces,
		alerts: [...alerts.list(), ...alerts.cleared()],
		journal: { head: books.head(), ...journal },
		quarantine,
		relay: relay.state(),
		logs: logs.lines({}),
		names: [
			...people.list().flatMap(({ name, title }) => [name, title, ...title.split(/\s+/)]),
			...accounts.list().flatMap(({ kind, name }) => (kind === "technician" && name !== "console" ? name : [])),
		].filter((name) => name.length > 1),
	};
}

/** Verifies the journal in a thread of its own: the hub sells on meanwhile. */
async function verifyBeside(file: string): Promise<{ verification: Verification } | { fault: string }> {
	const worker = new Worker(new URL("./verify-thread.ts", import.meta.url), { workerData: file });
	try {
		const [verification] = (await once(worker, "message")) as [Verification];
		return { verification };
	} catch (error) {
		return { fault: (error as Error).message };
	} finally {
		await worker.terminate();
	}
}

async function recordedFrames(devices: Devices, clock: Clock): Promise<Trace[]> {
	const states = devices.list().filter((state) => state.class !== "bridge");
	if (states.length === 0) return [];
	const traces: Trace[] = [];
	const hear = (trace: Trace): void => void traces.push(trace);
	devices.on("trace", hear);
	const expiresAt = new Date(clock.epochMs() + TRACES_WITHIN_MS).toISOString();
	for (const { device } of states) {
		devices.command(device, { id: uuidv7(), at: clock.now().at, expiresAt, action: "trace", seconds: 1 });
	}
	await new Promise((resolve) => setTimeout(resolve, TRACES_WITHIN_MS));
	devices.off("trace", hear);
	return traces;
}
