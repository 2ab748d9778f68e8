import { EventEmitter } from "node:events";
import { type Command, command as commandMessage } from "@kassahub/contracts/command.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { Trace } from "@kassahub/contracts/trace.ts";
import type { Publish } from "../alerts.ts";

const RESULTS_KEPT = 500;

/** What the hub last heard of every device, and the way to command them. It knows no driver: that is the bridge's. */
export class Devices extends EventEmitter<{
	state: [DeviceState];
	commanded: [Command];
	forgotten: [string];
	result: [Result];
	trace: [Trace];
}> {
	readonly #states = new Map<string, DeviceState>();
	readonly #results = new Map<string, Result>();
	readonly #publish: Publish;

	constructor(publish: Publish) {
		super();
		this.setMaxListeners(0);
		this.#publish = publish;
	}

	heardState(state: DeviceState): void {
		this.#states.set(state.device, state);
		this.emit("state", state);
	}

	heardResult(result: Result): void {
		this.#results.set(result.id, result);
		if (this.#results.size > RESULTS_KEPT) this.#results.delete(this.#results.keys().next().value as string);
		this.emit("result", result);
	}

	heardTrace(trace: Trace): void {
		this.emit("trace", trace);
	}

	/** A device that is no more in devices.yaml. */
	forget(device: string): void {
		if (this.#states.delete(device)) this.emit("forgotten", device);
	}

	list(): DeviceState[] {
		return [...this.#states.values()].sort((a, b) => a.device.localeCompare(b.device));
	}

	get(device: string): DeviceState | undefined {
		return this.#states.get(device);
	}

	command(device: string, command: Command): void {
		this.emit("commanded", command);
		this.#publish(commandMessage, { device }, command);
	}

	/** The result of a command, waiting at most `waitMs` for it. */
	result(id: string, waitMs: number): Promise<Result | undefined> {
		const known = this.#results.get(id);
		if (known || waitMs <= 0) return Promise.resolve(known);
		return new Promise((resolve) => {
			const finish = (result: Result | undefined) => {
				clearTimeout(timer);
				this.off("result", listen);
				resolve(result);
			};
			const listen = (result: Result) => {
				if (result.id === id) finish(result);
			};
			const timer = setTimeout(finish, waitMs, undefined);
			this.on("result", listen);
		});
	}
}
