import { dirname, join } from "node:path";
import { faultWords } from "@kassahub/contracts/config-file.ts";
import type { ConfigWatch } from "@kassahub/contracts/config-watch.ts";
import type { Logger } from "pino";
import { BridgeDevice } from "./bridge-device.ts";
import { type DevicePlan, planDevices } from "./config.ts";
import type { Driver, Outcome } from "./drivers/driver.ts";
import { fault } from "./fault.ts";
import { Life } from "./life.ts";
import type { BrokerAccess } from "./links/link.ts";
import { Roster } from "./roster.ts";
import type { Scan } from "./scan/scan.ts";

export type BridgeOptions = {
	config: ConfigWatch;
	drivers: readonly Driver[];
	dataDir: string;
	broker: BrokerAccess;
	log: Logger;
	/** Looks for devices that are plugged in or answer on the network, beside those that are planned. */
	scan(plans: readonly DevicePlan[]): Promise<Scan>;
};

/** Every device of devices.yaml, each living by itself, and the bridge that follows the file. */
export class Bridge {
	readonly #options: BridgeOptions;
	readonly #roster: Roster;
	readonly #lives = new Map<string, Life>();
	readonly #self: BridgeDevice;
	#plans: readonly DevicePlan[] = [];

	constructor(options: BridgeOptions) {
		const { dataDir, log } = options;
		this.#options = options;
		this.#roster = new Roster(join(dataDir, "bridge", "devices.json"), log);
		this.#self = new BridgeDevice({ scan: () => this.#scan(), selfTest: async () => this.#selfTest() }, options);
	}

	async start(): Promise<void> {
		const { config } = this.#options;
		config.on("changed", () => this.#follow());
		config.on("broken", () => this.#follow());
		this.#follow();
		await this.#self.start();
	}

	async stop(): Promise<void> {
		this.#options.config.close();
		await Promise.all([...this.#lives.values()].map((life) => life.stop()));
		await this.#self.stop();
	}

	/** Takes over what changed, device by device. While the file is broken everything goes on as it was. */
	#follow(): void {
		const { config, drivers, log } = this.#options;
		if (config.current) {
			this.#plans = planDevices(config.current, { drivers, folder: dirname(config.file) });
			const plans = new Map(this.#plans.map((plan) => [plan.name, plan]));
			for (const name of new Set([...plans.keys(), ...this.#lives.keys(), ...this.#roster.names])) {
				this.#lifeOf(name).become(plans.get(name));
			}
			log.info({ devices: this.#plans.length }, "devices.yaml was read");
		}
		const trouble = this.#trouble();
		if (trouble) log.error({ ...trouble }, "devices.yaml");
		this.#self.become({
			state: trouble ? "degraded" : "online",
			...(trouble ? { fault: trouble } : {}),
			devices: this.#plans.length,
		});
	}

	#lifeOf(name: string): Life {
		const life = this.#lives.get(name) ?? new Life(name, { ...this.#options, roster: this.#roster });
		this.#lives.set(name, life);
		return life;
	}

	/** What is wrong with the file as a whole, or with entries that have no name to stand under. */
	#trouble() {
		const { trouble, current } = this.#options.config;
		const faults = trouble?.faults ?? current?.nameless ?? [];
		return faults.length > 0 ? fault("CONFIG_INVALID", faults.map(faultWords).join("; ")) : undefined;
	}

	async #scan(): Promise<Outcome> {
		const { found, notes } = await this.#options.scan(this.#plans);
		return { status: "done", detail: [`${found.length} found`, ...notes].join("; "), found };
	}

	#selfTest(): Outcome {
		const states = [...this.#lives.values()].map((life) => life.state).filter((state) => state !== undefined);
		const online = states.filter((state) => state === "online").length;
		const detail = `${states.length} devices, of which ${online} online`;
		const trouble = this.#trouble();
		return trouble ? { status: "failed", fault: trouble, detail } : { status: "done", detail };
	}
}
