import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JournalHead, journalHead } from "@kassahub/contracts/journal-head.ts";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import { relayState } from "@kassahub/contracts/relay-state.ts";
import { Aedes } from "aedes";
import type { JournalServer } from "./journal-server.ts";
import { freePort, getJson, until } from "./shop.ts";

const root = join(import.meta.dirname, "..");

type Part = "cloud" | "cloud-relay";
type Broker = { url: string; username: string; password: string };

/** Relay and cloud as real processes, with the hub's side of the relay (journal and broker) in this one. */
export class RelayLine {
	readonly folder = mkdtempSync(join(tmpdir(), "kassahub-line-"));
	readonly hub: JournalServer;
	readonly #processes = new Map<Part, ChildProcess>();
	#hubBroker: Aedes | undefined;
	#hubServer: Server | undefined;
	#environment: Record<string, string> = {};
	#state: RelayState | undefined;
	#log = "";

	constructor(hub: JournalServer) {
		this.hub = hub;
	}

	/** `broker` is the cloud's; without one the cloud has its own. `relayUrl` may lead there through a faulty line. */
	async open(options: { broker?: Broker; relayUrl?: string; databaseUrl?: string } = {}): Promise<void> {
		const brokerPort = await freePort();
		const login = options.broker ?? {
			url: `mqtt://127.0.0.1:${brokerPort}`,
			username: "vijzel",
			password: "embedded-test",
		};
		this.#hubBroker = await Aedes.createBroker();
		this.#hubBroker.on("publish", (packet) => {
			if (packet.topic === relayState.topic) this.#state = JSON.parse(packet.payload.toString());
		});
		const broker = this.#hubBroker;
		this.#hubServer = createServer((socket) => broker.handle(socket)).listen(0, "127.0.0.1");
		await once(this.#hubServer, "listening");
		const address = this.#hubServer.address();
		if (!address || typeof address === "string") throw new Error("no port");
		this.#environment = {
			KASSAHUB_DATA: join(this.folder, "data"),
			KASSAHUB_MQTT_URL: `mqtt://127.0.0.1:${address.port}`,
			KASSAHUB_HTTP_URL: await this.hub.open(),
			KASSAHUB_USERNAME: "relay",
			KASSAHUB_PASSWORD: "hub-test",
			KASSAHUB_TOKEN: this.hub.token,
			KASSAHUB_CLOUD_URL: options.relayUrl ?? login.url,
			KASSAHUB_CLOUD_USERNAME: login.username,
			KASSAHUB_CLOUD_PASSWORD: login.password,
			KASSAHUB_OFFICE_PORT: String(await freePort()),
			KASSAHUB_CLOUD_MQTT_PORT: String(brokerPort),
			...(options.broker && { KASSAHUB_CLOUD_MQTT_URL: options.broker.url }),
			...(options.databaseUrl && { DATABASE_URL: options.databaseUrl }),
		};
	}

	get officeUrl(): string {
		return `http://127.0.0.1:${this.#environment.KASSAHUB_OFFICE_PORT}`;
	}

	/** What the relay last said on the hub's broker. */
	get state(): RelayState | undefined {
		return this.#state;
	}

	get log(): string {
		return this.#log;
	}

	/** The hub says how long its journal is. */
	say(head: JournalHead): Promise<void> {
		const packet = {
			cmd: "publish",
			topic: journalHead.topic,
			payload: JSON.stringify(head),
			qos: 0,
			retain: true,
		} as const;
		return new Promise((resolve, reject) => {
			this.#hubBroker?.publish({ ...packet, dup: false }, (error) => (error ? reject(error) : resolve()));
		});
	}

	start(part: Part): ChildProcess {
		// What an earlier relay said is not what this one says.
		if (part === "cloud-relay") this.#state = undefined;
		const child = spawn(process.execPath, [join(root, part, "main.ts")], {
			env: { ...process.env, ...this.#environment },
			stdio: ["ignore", "pipe", "pipe"],
		});
		const keep = (chunk: Buffer) => {
			this.#log = (this.#log + chunk).slice(-50_000);
		};
		child.stdout?.on("data", keep);
		child.stderr?.on("data", keep);
		this.#processes.set(part, child);
		return child;
	}

	/** Ends a part with no handler run, or politely. */
	async end(part: Part, signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
		const child = this.#processes.get(part);
		this.#processes.delete(part);
		if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
		const ended = once(child, "exit");
		child.kill(signal);
		await ended;
		return child.exitCode;
	}

	async crash(part: Part): Promise<void> {
		await this.end(part, "SIGKILL");
		this.start(part);
	}

	/** The highest number the office shows for the shop; 0 while it can't be asked. */
	async stored(): Promise<number> {
		try {
			const { shops } = await getJson<{ shops: { lastNumber: number }[] }>(`${this.officeUrl}/api/v1/shops`);
			return shops[0]?.lastNumber ?? 0;
		} catch {
			return 0;
		}
	}

	/** Waits until the office has the journal up to `number`. */
	async untilStored(number: number, withinMs = 90_000): Promise<void> {
		try {
			await until(`row ${number} in the office`, async () => (await this.stored()) >= number || undefined, withinMs);
		} catch (error) {
			throw new Error(`${(error as Error).message}; it has ${await this.stored()}:\n${this.#log.slice(-4_000)}`);
		}
	}

	/** Waits until the relay says so on the hub's broker. */
	async untilState(what: string, isIt: (state: RelayState) => boolean): Promise<RelayState> {
		try {
			return await until(what, () => (this.#state && isIt(this.#state) ? this.#state : undefined));
		} catch (error) {
			throw new Error(`${(error as Error).message}: ${JSON.stringify(this.#state)}\n${this.#log.slice(-4_000)}`);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const part of [...this.#processes.keys()]) await this.end(part, "SIGKILL");
		await this.hub.close();
		const broker = this.#hubBroker;
		if (broker) await new Promise<void>((resolve) => broker.close(resolve));
		this.#hubServer?.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
