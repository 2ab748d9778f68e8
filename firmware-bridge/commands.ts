import { Command } from "@kassahub/contracts/command.ts";
import type { Fault } from "@kassahub/contracts/device-state.ts";
import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import { EventId } from "@kassahub/contracts/fields.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { Logger } from "pino";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import type { Driver, Outcome } from "./drivers/driver.ts";
import { DeviceError, fault, faultOf } from "./fault.ts";
import type { Ledger, Order } from "./ledger.ts";

const validator = Compile(Command);
const ORDERS_MAX = 200;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What can be asked of the device now: everything, what its driver allows while degraded, or nothing. */
export type Readiness = "all" | "degraded" | "none";

export type Performer = {
	readiness(): Readiness;
	perform(command: Command): Promise<Outcome>;
	tell(result: Result): void;
};

/** A device's commands, from the broker to their result: each done at most once, in order, or answered with why not. */
export class Commands {
	readonly #device: string;
	readonly #driver: Pick<Driver, "actions" | "actionsWhileDegraded">;
	readonly #ledger: Ledger;
	readonly #performer: Performer;
	readonly #log: Logger;
	readonly #running = new Set<Promise<void>>();
	readonly #runningIds = new Set<string>();
	#isBusy = false;
	#isStopped = false;
	#expiry: NodeJS.Timeout | undefined;

	constructor(
		device: string,
		driver: Pick<Driver, "actions" | "actionsWhileDegraded">,
		ledger: Ledger,
		performer: Performer,
		log: Logger,
	) {
		this.#device = device;
		this.#driver = driver;
		this.#ledger = ledger;
		this.#performer = performer;
		this.#log = log;
	}

	/** What had begun when the bridge was stopped may or may not have been done: it is answered so, and not done again. */
	async resume(): Promise<void> {
		for (const order of this.#ledger.orders.filter((candidate) => candidate.hasBegun)) {
			await this.#answer(order.command, { status: "unknown", fault: fault("COMMAND_INTERRUPTED") });
		}
		this.pump();
	}

	/** Takes a command from the wire. When this resolves it is on disk, or answered, and may be acknowledged. */
	async accept(payload: Uint8Array): Promise<void> {
		const command = this.#read(payload);
		if (!command) return;
		const known = this.#ledger.answerTo(command.id);
		if (known) return this.#performer.tell(known);
		if (this.#ledger.hasOrder(command.id)) return;
		if (!this.#driver.actions.includes(command.action)) {
			return this.#answer(command, failed("COMMAND_UNKNOWN", `this device cannot ${command.action}`));
		}
		if (isExpired(command)) return this.#answer(command, failed("COMMAND_EXPIRED"));
		if (this.#ledger.orders.length >= ORDERS_MAX) return this.#answer(command, failed("DEVICE_BUSY"));
		await this.#ledger.accept(command);
		this.pump();
	}

	/** Starts what can be started now; called whenever a command came or the device changed. */
	pump(): void {
		if (this.#isStopped) return;
		for (const order of this.#ledger.orders) {
			const readiness = this.#performer.readiness();
			if (readiness === "none") break;
			const { id, action } = order.command;
			if (order.hasBegun || this.#runningIds.has(id) || isExpired(order.command)) continue;
			const isBeside = readiness === "degraded";
			if (isBeside ? !this.#driver.actionsWhileDegraded.includes(action) : this.#isBusy) continue;
			this.#runningIds.add(id);
			if (!isBeside) this.#isBusy = true;
			const run = this.#run(order).finally(() => {
				this.#runningIds.delete(id);
				if (!isBeside) this.#isBusy = false;
				this.#running.delete(run);
				this.pump();
			});
			this.#running.add(run);
		}
		this.#awaitExpiry();
	}

	/** Starts nothing more; resolves when nothing runs. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		clearTimeout(this.#expiry);
		await Promise.all(this.#running);
	}

	/** Answers everything that waits, for a device that cannot be driven at all. */
	async refuseAll(reason: Fault): Promise<void> {
		for (const order of [...this.#ledger.orders])
			await this.#answer(order.command, { status: "failed", fault: reason });
	}

	async #run(order: Order): Promise<void> {
		const { command } = order;
		await this.#ledger.begin(order);
		let outcome: Outcome;
		try {
			outcome = await this.#performer.perform(command);
		} catch (error) {
			if (!(error instanceof DeviceError))
				this.#log.error({ err: error, action: command.action }, "the driver crashed");
			outcome = { status: "unknown", fault: faultOf(error) };
		}
		await this.#answer(command, outcome);
	}

	async #answer(command: Pick<Command, "id" | "action">, outcome: Outcome): Promise<void> {
		const { id, action } = command;
		const result: Result = { id, device: this.#device, action, at: new Date().toISOString(), ...outcome };
		await this.#ledger.answer(result);
		this.#log.info({ id, action, status: result.status, code: result.fault?.code }, "answered");
		this.#performer.tell(result);
	}

	#read(payload: Uint8Array): Command | undefined {
		let value: unknown;
		try {
			value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
		} catch {
			this.#log.warn({ code: "JSON_INVALID" }, "a command that is no JSON");
			return undefined;
		}
		if (validator.Check(value)) return value;
		const { id, action } = (value ?? {}) as { id?: unknown; action?: unknown };
		this.#log.warn({ code: "COMMAND_UNKNOWN" }, "a command that is not in the contract");
		if (Value.Check(EventId, id)) {
			const detail = "the command does not match the contract";
			const result = failed("COMMAND_UNKNOWN", detail);
			const named = typeof action === "string" ? action.slice(0, 32) : "unknown";
			this.#performer.tell({ id, device: this.#device, action: named, at: new Date().toISOString(), ...result });
		}
		return undefined;
	}

	#awaitExpiry(): void {
		clearTimeout(this.#expiry);
		const waiting = this.#ledger.orders.filter((order) => !order.hasBegun && !this.#runningIds.has(order.command.id));
		const first = Math.min(...waiting.map((order) => expiresMs(order.command)));
		if (!Number.isFinite(first)) return;
		const restMs = Math.min(Math.max(0, first - Date.now()), TIMER_MS_MAX);
		this.#expiry = setTimeout(() => void this.#expire(waiting), restMs);
	}

	async #expire(waiting: readonly Order[]): Promise<void> {
		for (const { command, hasBegun } of waiting) {
			if (!hasBegun && !this.#runningIds.has(command.id) && isExpired(command)) {
				await this.#answer(command, failed("COMMAND_EXPIRED"));
			}
		}
		this.pump();
	}
}

const failed = (code: ErrorCode, detail?: string): Outcome => ({
	status: "failed",
	fault: fault(code, detail),
});

const expiresMs = (command: Command): number =>
	command.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(command.expiresAt);

const isExpired = (command: Command): boolean => expiresMs(command) <= Date.now();
