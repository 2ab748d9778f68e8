import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import { Program, until } from "./processes.ts";

const START_WITHIN_MS = 15_000;
/** A quick printer: a demo at high speed prints many receipts. */
const LINE_MS = 3;
/** A quick scale, so that weighing keeps up with a shop whose hour is a minute. */
const POLL_MS = 60;

export type Devices = {
	program: Program;
	/** As they stand in devices.yaml. */
	entries: Record<string, DeviceConfig>;
	load(grams: number): void;
};

/** Starts the emulated printer and scale; receipts are drawn into `receipts`. */
export async function startDevices(folder: string, receipts: string): Promise<Devices> {
	const port = join(folder, "scale-port");
	const logFile = join(folder, "devices.log");
	const program = new Program({
		name: "the emulated devices",
		script: join(import.meta.dirname, "../firmware-bridge/emulators/main.ts"),
		words: ["--printer", "0", "--paper", receipts, "--line-ms", String(LINE_MS), "--scale", port],
		logFile,
	});
	try {
		const ports = await Promise.race([portsIn(logFile), program.ended()]);
		return {
			program,
			entries: {
				bonprinter: { driver: "escpos", link: `tcp://127.0.0.1:${ports.printer}` },
				weegschaal: { driver: "toledo8217", link: `serial://${port}`, settings: { pollMs: POLL_MS } },
			},
			// A weight that does not arrive is one that is never read: the shop then goes by the label.
			load: (grams) => void putOn(ports.control, grams).catch(() => undefined),
		};
	} catch (error) {
		await program.stop();
		throw error;
	}
}

type Ports = { printer: number; control: number };

/** The line in which the devices say where they are. */
const portsIn = (logFile: string): Promise<Ports> =>
	until("the emulated devices", START_WITHIN_MS, async () => {
		const line = readFileSync(logFile, { encoding: "utf8", flag: "a+" })
			.split("\n")
			.find((words) => words.startsWith("{") && words.endsWith("}"));
		return line === undefined ? undefined : (JSON.parse(line) as Ports);
	});

const putOn = (control: number, grams: number): Promise<Response> =>
	fetch(`http://127.0.0.1:${control}/scale`, { method: "POST", body: JSON.stringify({ grams }) });
