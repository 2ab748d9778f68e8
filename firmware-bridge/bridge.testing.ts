import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@kassahub/contracts/command.ts";
import { DeviceState } from "@kassahub/contracts/device-state.ts";
import { Reading } from "@kassahub/contracts/reading.ts";
import { Result } from "@kassahub/contracts/result.ts";
import { Aedes } from "aedes";
import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";

type Action = Command extends infer C ? (C extends Command ? Omit<C, "id" | "at" | "expiresAt"> : never) : never;

/** A real bridge process, the broker it speaks to, and everything it told there. It looks for devices on no network. */
export class TryBridge {
	readonly folder = mkdtempSync(join(tmpdir(), "bridge-"));
	readonly configFile = join(this.folder, "devices.yaml");
	readonly states: DeviceState[] = [];
	readonly results: Result[] = [];
	readonly readings: Reading[] = [];
	/** Devices whose state was taken back, in the order of it. */
	readonly cleared: string[] = [];
	readonly broker: Aedes;
	readonly #server: Server;
	readonly #heard = new EventEmitter();
	#process: ChildProcess | undefined;

	static async open(devices: string): Promise<TryBridge> {
		const bridge = new TryBridge(await Aedes.createBroker());
		await new Promise<void>((resolve) => bridge.#server.listen(0, "127.0.0.1", resolve));
		bridge.write(devices);
		bridge.start();
		return bridge;
	}

	private constructor(broker: Aedes) {
		this.broker = broker;
		this.#server = createServer(broker.handle);
		this.#heard.setMaxListeners(0);
		broker.on("publish", ({ topic, payload }) => {
			const [root, kind, device = "", message = ""] = topic.split("/");
			if (root === "kassahub" && kind === "devices" && message !== "commands") this.#hear(device, message, payload);
		});
	}

	get brokerUrl(): string {
		return `mqtt://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
	}

	/** Writes devices.yaml: the shop, and what is given under `devices:`. */
	write(devices: string): void {
		writeFileSync(this.configFile, fileOf(devices));
	}

	/** As most editors do it: a new file in the old one's place. */
	replace(devices: string): void {
		writeFileSync(`${this.configFile}~`, fileOf(devices));
		renameSync(`${this.configFile}~`, this.configFile);
	}

	start(): void {
		this.#process = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
			stdio: ["pipe", "ignore", "inherit"],
			env: {
				...process.env,
				KASSAHUB_CONFIG: this.configFile,
				KASSAHUB_DATA: this.folder,
				KASSAHUB_MQTT_URL: this.brokerUrl,
				KASSAHUB_SUPERVISED: "1",
				KASSAHUB_SCAN: "off",
			},
		});
	}

	/** Ends the bridge as its hub's end does; resolves when it has left. */
	async leave(): Promise<void> {
		await this.#end((child) => child.stdin?.end());
	}

	async kill(): Promise<void> {
		await this.#end((child) => child.kill("SIGKILL"));
	}

	async until<T>(look: () => T | undefined | false): Promise<T> {
		for (;;) {
			const found = look();
			if (found) return found;
			await once(this.#heard, "heard");
		}
	}

	stateOf(device: string): DeviceState | undefined {
		return this.states.findLast((state) => state.device === device);
	}

	online(device: string): Promise<boolean> {
		return this.until(() => this.stateOf(device)?.state === "online");
	}

	resultOf(id: string): Result | undefined {
		return this.results.find((result) => result.id === id);
	}

	async done(id: string): Promise<Result> {
		return this.until(() => this.resultOf(id));
	}

	command(device: string, action: Action, change: { id?: string; expiresAt?: string } = {}): string {
		const id = change.id ?? uuidv7();
		this.publish(device, JSON.stringify({ id, at: new Date().toISOString(), ...change, ...action }));
		return id;
	}

	/** Puts anything at all on a device's commands. */
	publish(device: string, payload: string | Buffer): void {
		const topic = `kassahub/devices/${device}/commands`;
		this.broker.publish({ cmd: "publish", topic, payload, qos: 1, retain: false, dup: false }, () => undefined);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.kill();
		this.#server.close();
		await new Promise<void>((resolve) => this.broker.close(() => resolve()));
	}

	#hear(device: string, message: string, payload: Buffer | string): void {
		if (message === "state" && payload.length === 0) this.cleared.push(device);
		else {
			const value: unknown = JSON.parse(payload.toString());
			if (message === "state") this.states.push(Value.Parse(DeviceState, value));
			if (message === "results") this.results.push(Value.Parse(Result, value));
			if (message === "readings") this.readings.push(Value.Parse(Reading, value));
		}
		this.#heard.emit("heard");
	}

	async #end(how: (child: ChildProcess) => void): Promise<void> {
		const child = this.#process;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const gone = once(child, "exit");
		how(child);
		await gone;
	}
}

const fileOf = (devices: string): string => `shop: { id: winkel, name: Kaashuis }\ndevices:\n${devices}`;
