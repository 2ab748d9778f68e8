import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import type { Credentials, PairingKind } from "@kassahub/contracts/credentials.ts";

const root = join(import.meta.dirname, "..");

export type Running = {
	pid: number;
	httpUrl: string;
	httpsUrl: string;
	mqttUrl: string;
	mqttsUrl: string;
	token: string;
};

export const freePort = async (): Promise<number> => {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	if (!address || typeof address === "string") throw new Error("no port");
	return address.port;
};

/** A back office out of reach: for tests that are about the hub alone, and need no embedded one beside it. */
export const nowhere = async (): Promise<{ url: string }> => ({ url: `mqtt://127.0.0.1:${await freePort()}` });

/** Waits until `found` gives a value, looking every 20 ms; fails with `what` after `withinMs`. */
export async function until<T>(
	what: string,
	found: () => T | undefined | Promise<T | undefined>,
	withinMs = 30_000,
): Promise<T> {
	const deadline = performance.now() + withinMs;
	for (;;) {
		const value = await found();
		if (value !== undefined && value !== false) return value;
		if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** A real shop as a shopkeeper runs it: `hub/main.ts` as its own process, with data and ports of its own. */
export class Shop {
	readonly folder: string;
	readonly dataDir: string;
	readonly configFile: string;
	readonly environment: Record<string, string>;
	/** Put before the command line, e.g. strace and its options. */
	prefix: string[] = [];
	#process: ChildProcess | undefined;
	#log = "";

	private constructor(folder: string, environment: Record<string, string>) {
		this.folder = folder;
		this.dataDir = join(folder, "data");
		this.configFile = join(folder, "devices.yaml");
		this.environment = environment;
	}

	static async create(config: Record<string, unknown> = {}): Promise<Shop> {
		const folder = mkdtempSync(join(tmpdir(), "kassahub-shop-"));
		const shop = new Shop(folder, {
			KASSAHUB_CONFIG: join(folder, "devices.yaml"),
			KASSAHUB_DATA: join(folder, "data"),
			KASSAHUB_HTTP_PORT: String(await freePort()),
			KASSAHUB_MQTT_PORT: String(await freePort()),
			KASSAHUB_HTTPS_PORT: "0",
			KASSAHUB_MQTTS_PORT: "0",
			KASSAHUB_OFFICE_PORT: String(await freePort()),
			KASSAHUB_MDNS: "off",
			KASSAHUB_SCAN: "off",
		});
		// JSON is YAML.
		writeFileSync(shop.configFile, JSON.stringify({ shop: { id: "vijzel", name: "De Vijzel" }, ...config }));
		return shop;
	}

	/** Puts devices into devices.yaml. */
	addDevices(devices: Record<string, DeviceConfig>): void {
		const config = JSON.parse(readFileSync(this.configFile, "utf8"));
		writeFileSync(this.configFile, JSON.stringify({ ...config, devices: { ...config.devices, ...devices } }));
	}

	/** What the running hub says of itself. */
	get running(): Running {
		return JSON.parse(readFileSync(join(this.dataDir, "run.json"), "utf8")) as Running;
	}

	get officeUrl(): string {
		return `http://127.0.0.1:${this.environment.KASSAHUB_OFFICE_PORT}`;
	}

	get log(): string {
		return this.#log;
	}

	async start(): Promise<Running> {
		const command = [...this.prefix, process.execPath, join(root, "hub/main.ts")];
		const child = spawn(command[0] as string, command.slice(1), {
			env: { ...process.env, ...this.environment },
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.#process = child;
		const keep = (chunk: Buffer) => {
			this.#log = (this.#log + chunk).slice(-200_000);
		};
		child.stdout?.on("data", keep);
		child.stderr?.on("data", keep);
		const file = join(this.dataDir, "run.json");
		return until("the hub to answer", async () => {
			if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode}:\n${this.#log.slice(-4000)}`);
			if (!existsSync(file)) return undefined;
			const { running } = this;
			// An earlier hub that was killed left its file behind; with strace the pid is the child's.
			const answer = await fetch(`${running.httpUrl}/healthz`).catch(() => undefined);
			if (!answer?.ok) return undefined;
			const mine = await fetch(`${running.httpUrl}/api/v1/health`, { headers: bearer(running.token) });
			return mine.ok ? running : undefined;
		});
	}

	/** Ends the hub as a power cut would for its processes: no handler runs. */
	async kill(): Promise<void> {
		await this.#end("SIGKILL");
	}

	async stop(): Promise<void> {
		await this.#end("SIGTERM");
	}

	async #end(signal: NodeJS.Signals): Promise<void> {
		const child = this.#process;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, "exit");
		const file = join(this.dataDir, "run.json");
		const pid =
			this.prefix.length > 0 && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Running).pid : 0;
		if (pid) process.kill(pid, signal);
		else child.kill(signal);
		await ended;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** Runs the kassahub command and gives its stdout; throws with its stderr where it fails. */
	async cli(...words: string[]): Promise<string> {
		const child = spawn(process.execPath, [join(root, "hub/cli/main.ts"), ...words], {
			env: { ...process.env, ...this.environment },
			stdio: ["ignore", "pipe", "pipe"],
		});
		let out = "";
		let err = "";
		child.stdout.on("data", (chunk) => {
			out += chunk;
		});
		child.stderr.on("data", (chunk) => {
			err += chunk;
		});
		const [code] = await once(child, "close");
		if (code !== 0) throw new Error(`kassahub ${words.join(" ")} ended with ${code}: ${err}${out}`);
		return out;
	}

	/** Pairs over REST, as the console does. */
	async pair(kind: PairingKind, name: string): Promise<Credentials> {
		const { httpUrl, token } = this.running;
		const answer = await fetch(`${httpUrl}/api/v1/pairings`, {
			method: "POST",
			headers: { ...bearer(token), "content-type": "application/json" },
			body: JSON.stringify({ kind, name }),
		});
		if (!answer.ok) throw new Error(`pairing ${name} answered ${answer.status}: ${await answer.text()}`);
		return (await answer.json()) as Credentials;
	}
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** GETs JSON from a REST address; throws with the answer's text where it is no success. */
export async function getJson<T>(url: string, token?: string): Promise<T> {
	const answer = await fetch(url, { headers: token ? bearer(token) : {} });
	if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
	return (await answer.json()) as T;
}
