import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import type { DevicePlan } from "./config.ts";
import { Device } from "./device.ts";
import { eraseFromBroker } from "./erase.ts";
import type { BrokerAccess } from "./links/link.ts";
import type { Roster } from "./roster.ts";

export type LifeOptions = { dataDir: string; broker: BrokerAccess; roster: Roster; log: Logger };

/**
 * One name in devices.yaml, and the devices that bear it, one at a time: a changed one makes way for its successor, one
 * that is taken out is stopped and forgotten. It waits for no other name.
 */
export class Life {
	readonly #name: string;
	readonly #options: LifeOptions;
	#wanted: DevicePlan | undefined;
	#plan: DevicePlan | undefined;
	#device: Device | undefined;
	#changing: Promise<void> | undefined;
	#erasing = new AbortController();
	#isLeaving = false;

	constructor(name: string, options: LifeOptions) {
		this.#name = name;
		this.#options = options;
	}

	/** How the device is; undefined where there is none. */
	get state(): Device["state"] | undefined {
		return this.#device?.state;
	}

	/** Makes the device what devices.yaml says of it; undefined: nothing at all. */
	become(plan: DevicePlan | undefined): void {
		this.#wanted = plan;
		if (plan) this.#erasing.abort();
		this.#changing ??= this.#change().finally(() => {
			this.#changing = undefined;
		});
	}

	/** The bridge leaves: the device stays in devices.yaml and says that it is out of reach. */
	async stop(): Promise<void> {
		this.#isLeaving = true;
		this.#erasing.abort();
		await this.#changing;
		await this.#device?.stop();
	}

	async #change(): Promise<void> {
		do {
			try {
				await this.#step();
			} catch (error) {
				this.#options.log.error({ err: error, device: this.#name }, "a device could not be taken over");
				return;
			}
		} while (!this.#isLeaving && !isSame(this.#wanted, this.#plan));
	}

	/** From what is to what is wanted now; what is wanted may change in the meantime. */
	async #step(): Promise<void> {
		const { broker, roster, log } = this.#options;
		if (this.#device) {
			if (isSame(this.#wanted, this.#plan)) return;
			log.info({ device: this.#name, isKept: this.#wanted !== undefined }, "devices.yaml: changed");
			const device = this.#device;
			await (this.#wanted ? device.makeWay() : device.retire());
			this.#device = undefined;
			this.#plan = undefined;
		}
		if (this.#isLeaving) return;
		const plan = this.#wanted;
		if (plan) {
			await roster.add(this.#name);
			this.#device = new Device(plan, this.#options);
			this.#plan = plan;
			this.#device.start();
			return;
		}
		if (!roster.names.includes(this.#name)) return;
		this.#erasing = new AbortController();
		if (await eraseFromBroker(broker, this.#name, this.#erasing.signal)) await roster.remove(this.#name);
	}
}

/** Whether two plans mean the same device, driven in the same way. */
function isSame(one: DevicePlan | undefined, other: DevicePlan | undefined): boolean {
	if (!one || !other) return one === other;
	// An address and a driver follow from these; a fault names a line, which moves when others are edited.
	const { name, link, driverName } = one;
	const same = { name, link, driverName };
	if (!isDeepStrictEqual(same, { name: other.name, link: other.link, driverName: other.driverName })) return false;
	if ("fault" in one || "fault" in other)
		return "fault" in one && "fault" in other && isDeepStrictEqual(one.fault, other.fault);
	return isDeepStrictEqual(one.settings, other.settings);
}
