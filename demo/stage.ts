import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { startDevices } from "./devices.ts";
import { freePort, Program, until } from "./processes.ts";
import { Rest } from "./rest.ts";

const root = join(import.meta.dirname, "..");
const START_WITHIN_MS = 60_000;
const MARK = "MADE-BY-NPM-RUN-DEMO.txt";

/** All of it is invented; the VAT number fails the official check, so it is nobody's. */
const shop = {
	id: "vijzel",
	name: "Delicatessen & Huishouden De Vijzel",
	address: ["Vijzelsteeg 1", "3511 XX Utrecht"],
	vatNumber: "NL001234567B01",
	language: "nl",
	footer: ["Bedankt en tot ziens!", "DEMO: deze winkel bestaat niet"],
};

export type Stage = {
	rest: Rest;
	httpUrl: string;
	mqttUrl: string;
	officeUrl: string;
	folder: string;
	receipts: string;
	/** Puts a weight on the emulated scale, in grams. */
	load(grams: number): void;
	/** Rejects when one of the programs ends by itself. */
	ended(): Promise<never>;
	stop(): Promise<void>;
};

/** Starts the emulated devices and a real hub with data of its own; it answers when this resolves. */
export async function openStage(keep: boolean): Promise<Stage> {
	const folder = prepareFolder(resolve(process.env.KASSAHUB_DATA ?? join(root, "data/demo")), keep);
	const receipts = join(folder, "receipts");
	const devices = await startDevices(folder, receipts);
	const environment = await settingsOf(folder);
	writeFileSync(environment.KASSAHUB_CONFIG, stringify({ shop, devices: devices.entries }));

	const hub = new Program({
		name: "hub",
		script: join(root, "hub/main.ts"),
		environment,
		logFile: join(folder, "hub.log"),
	});
	const stop = async () => {
		await hub.stop();
		await devices.program.stop();
	};
	try {
		const run = await Promise.race([whenRunning(environment.KASSAHUB_DATA), hub.ended(), devices.program.ended()]);
		return {
			rest: new Rest(run.httpUrl, run.token),
			httpUrl: run.httpUrl,
			mqttUrl: run.mqttUrl,
			officeUrl: `http://127.0.0.1:${environment.KASSAHUB_OFFICE_PORT}`,
			folder,
			receipts,
			load: devices.load,
			ended: () => Promise.race<never>([hub.ended(), devices.program.ended()]),
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** An empty folder for a new demo, or the last one's. A folder that no demo made is left alone. */
function prepareFolder(folder: string, keep: boolean): string {
	const isOurs = existsSync(join(folder, MARK));
	if (!isOurs && existsSync(folder) && readdirSync(folder).length > 0) {
		throw new Error(`${folder} holds data that no demo made. Set KASSAHUB_DATA to another folder, or leave it out.`);
	}
	const pid = runningIn(join(folder, "hub/run.json"));
	if (pid !== undefined) {
		throw new Error(
			`A demo runs in ${folder} already (process ${pid}). Stop it, or set KASSAHUB_DATA to another folder.`,
		);
	}
	if (isOurs && !keep) rmSync(folder, { recursive: true, force: true });
	mkdirSync(join(folder, "receipts"), { recursive: true, mode: 0o700 });
	writeFileSync(join(folder, MARK), "npm run demo empties this folder each time it starts, unless told --keep.\n");
	return folder;
}

/** The process id of the hub that wrote this file, if it lives. */
function runningIn(runFile: string): number | undefined {
	if (!existsSync(runFile)) return undefined;
	const { pid } = JSON.parse(readFileSync(runFile, "utf8")) as { pid: number };
	try {
		process.kill(pid, 0);
		return pid;
	} catch {
		return undefined;
	}
}

async function settingsOf(folder: string) {
	const { env } = process;
	return {
		KASSAHUB_CONFIG: join(folder, "devices.yaml"),
		KASSAHUB_DATA: join(folder, "hub"),
		// The shop's usual ports where they are free, so that the addresses are the ones that people know.
		KASSAHUB_HTTP_PORT: env.KASSAHUB_HTTP_PORT ?? String(await freePort(8080)),
		KASSAHUB_MQTT_PORT: env.KASSAHUB_MQTT_PORT ?? String(await freePort(1883)),
		KASSAHUB_MDNS: env.KASSAHUB_MDNS ?? "off",
		KASSAHUB_OFFICE_PORT: env.KASSAHUB_OFFICE_PORT ?? String(await freePort(8090)),
	};
}

type Run = { httpUrl: string; mqttUrl: string; token: string };

const whenRunning = (dataDir: string): Promise<Run> =>
	until("the hub to answer", START_WITHIN_MS, async () => {
		const file = join(dataDir, "run.json");
		if (!existsSync(file)) return undefined;
		const run = JSON.parse(readFileSync(file, "utf8")) as Run;
		const answer = await fetch(`${run.httpUrl}/healthz`).catch(() => undefined);
		return answer?.ok ? run : undefined;
	});
