import type { Command } from "@kassahub/contracts/command.ts";
import type { Fault } from "@kassahub/contracts/device-state.ts";
import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { Logger } from "pino";
import { waitMs } from "./backoff.ts";
import { readCommand } from "./command-reader.ts";
import type { Driver, Job, Outcome } from "./drivers/driver.ts";
import { DeviceError, fault, faultOf } from "./fault.ts";
import type { Ledger, Order } from "./ledger.ts";
import { inContract } from "./result-in-contract.ts";

const ORDERS_MAX = 200;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What can be asked of the device now: everything, what its driver allows while degraded, or nothing. */
export type Readiness = "all" | "degraded" | "none";

export type Performer = {
	readiness(): Readiness;
	perform(command: Command, job: Job): Promise<Outcome>;
	recover(command: Command, job: Job): Promise<Outcome>;
	/** What the bridge itself does about a device, beside whatever its driver does; undefined for all the rest. */
	attend?(command: Command): Promise<Outcome> | undefined;
	tell(result: Result): void;
};

type Abilities = Pick<Driver, "actions" | "actionsWhileDegraded" | "actionsBeside" | "actionsToRecover">;

/**
 * A device's commands, from the broker to their result: each done at most once, in order, or answered with why not.
 * One that must not stay in doubt and was interrupted is found out at the device before anything else is done there.
 */
export class Commands {
	readonly #device: string;
	readonly #can: Abilities;
	readonly #ledger: Ledger;
	readonly #performer: Performer;
	readonly #log: Logger;
	readonly #running = new Set<Promise<void>>();
	readonly #runningIds = new Set<string>();
	/** Began and was interrupted: what came of it is to be found out. */
	readonly #inDoubt = new Set<Order>();
	#isBusy = false;
	#isStopped = false;
	#failedRecoveries = 0;
	#retry: NodeJS.Timeout | undefined;
	#expiry: NodeJS.Timeout | undefined;

	constructor(device: string, can: Abilities, ledger: Ledger, performer: Performer, log: Logger) {
		this.#device = device;
		this.#can = can;
		this.#ledger = ledger;
		this.#performer = performer;
		this.#log = log;
	}

	/** What had begun when the bridge was stopped is found out, or answered as unknown; it is not done again. */
	async resume(): Promise<void> {
		await this.#ledger.open();
		for (const order of this.#ledger.orders.filter((candidate) => candidate.hasBegun)) {
			if (this.#mustRecover(order)) this.#inDoubt.add(order);
			else await this.#answer(order.command, { status: "unknown", fault: fault("COMMAND_INTERRUPTED") });
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
		const attended = this.#performer.attend?.(command);
		if (attended) return this.#attend(command, attended);
		if (!this.#can.actions.includes(command.action)) {
			return this.#answer(command, failed("COMMAND_UNKNOWN", `this device cannot ${command.action}`));
		}
		if (isExpired(command)) return this.#answer(command, failed("COMMAND_EXPIRED"));
		const isAskedAgain = "resumes" in command && command.resumes === true;
		// Whatever began is in the record, so what is not in it never began; a new record can't say that.
		if (isAskedAgain && this.#ledger.remembers) return this.#answer(command, failed("COMMAND_NOT_STARTED"));
		if (this.#ledger.orders.length >= ORDERS_MAX) return this.#answer(command, failed("DEVICE_BUSY"));
		await this.#ledger.accept(command);
		const order = this.#ledger.orders.find((candidate) => candidate.command === command);
		if (isAskedAgain && order) {
			await this.#ledger.begin(order);
			this.#inDoubt.add(order);
		}
		this.pump();
	}

	/** Starts what can be started now; called whenever a command came or the device changed. */
	pump(): void {
		if (this.#isStopped) return;
		if (this.#performer.readiness() !== "none") {
			const [doubtful] = this.#inDoubt;
			if (doubtful) this.#findOut(doubtful);
			else this.#startWhatCan();
		}
		this.#awaitExpiry();
	}

	/** Starts nothing more; resolves when nothing runs. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		clearTimeout(this.#expiry);
		clearTimeout(this.#retry);
		await Promise.all(this.#running);
	}

	/** Answers everything that waits, for a device that cannot be driven at all. */
	async refuseAll(reason: Fault): Promise<void> {
		for (const order of [...this.#ledger.orders]) {
			if (!this.#mustRecover(order)) await this.#answer(order.command, { status: "failed", fault: reason });
		}
	}

	#findOut(doubtful: Order): void {
		if (!this.#isBusy && !this.#retry) this.#start(doubtful, () => this.#recover(doubtful), true);
	}

	#startWhatCan(): void {
		for (const order of this.#ledger.orders) {
			const { id, action } = order.command;
			if (order.hasBegun || this.#runningIds.has(id) || isExpired(order.command)) continue;
			const isBeside = this.#isBeside(action);
			if (isBeside !== undefined) this.#start(order, () => this.#run(order), !isBeside);
		}
	}

	/** Whether an action may start now beside whatever runs (true), in its own turn (false), or not yet (undefined). */
	#isBeside(action: Command["action"]): boolean | undefined {
		if (this.#performer.readiness() === "degraded") return this.#can.actionsWhileDegraded.includes(action) || undefined;
		if (this.#can.actionsBeside.includes(action)) return true;
		return this.#isBusy ? undefined : false;
	}

	#start(order: Order, run: () => Promise<void>, isInTurn: boolean): void {
		const { id } = order.command;
		this.#runningIds.add(id);
		if (isInTurn) this.#isBusy = true;
		const running = run().finally(() => {
			this.#runningIds.delete(id);
			if (isInTurn) this.#isBusy = false;
			this.#running.delete(running);
			this.pump();
		});
		this.#running.add(running);
	}

	async #run(order: Order): Promise<void> {
		const { command } = order;
		const isOnDisk = await this.#ledger.begin(order);
		if (!isOnDisk && this.#mustRecover(order)) return this.#answer(command, failed("LEDGER_UNWRITABLE"));
		let outcome: Outcome;
		try {
			outcome = await this.#performer.perform(command, this.#jobOf(order));
		} catch (error) {
			this.#noteCrash(error, command);
			outcome = { status: "unknown", fault: faultOf(error) };
		}
		if (outcome.status === "unknown" && this.#mustRecover(order)) {
			this.#log.warn({ ...outcome.fault, id: command.id, action: command.action }, "in doubt; to be found out");
			this.#inDoubt.add(order);
		} else await this.#answer(command, outcome);
	}

	async #recover(order: Order): Promise<void> {
		const { command } = order;
		let outcome: Outcome;
		try {
			outcome = await this.#performer.recover(command, this.#jobOf(order));
		} catch (error) {
			this.#noteCrash(error, command);
			this.#log.warn({ ...faultOf(error), id: command.id, attempt: this.#failedRecoveries }, "not found out yet");
			this.#retry = setTimeout(
				() => {
					this.#retry = undefined;
					this.pump();
				},
				waitMs(this.#failedRecoveries++, Math.random()),
			);
			return;
		}
		this.#failedRecoveries = 0;
		this.#inDoubt.delete(order);
		await this.#answer(command, outcome);
	}

	#mustRecover(order: Order): boolean {
		return order.hasBegun && this.#can.actionsToRecover.includes(order.command.action);
	}

	#jobOf(order: Order): Job {
		return {
			evidence: order.evidence,
			keep: async (evidence) => {
				if (!(await this.#ledger.keep(order, evidence))) throw new DeviceError("LEDGER_UNWRITABLE");
			},
		};
	}

	async #attend(command: Command, attended: Promise<Outcome>): Promise<void> {
		const { id, action } = command;
		const outcome = await attended.catch((error: unknown): Outcome => {
			this.#noteCrash(error, command);
			return { status: "failed", fault: faultOf(error) };
		});
		this.#performer.tell({ id, device: this.#device, action, at: new Date().toISOString(), ...outcome });
	}

	async #answer(command: Pick<Command, "id" | "action">, outcome: Outcome): Promise<void> {
		const { id, action } = command;
		const said: Result = { id, device: this.#device, action, at: new Date().toISOString(), ...outcome };
		const { result, isCut } = inContract(said);
		if (isCut) this.#log.error({ id, action }, "the driver's answer is not in the contract: cut to what matters");
		await this.#ledger.answer(result);
		this.#log.info({ id, action, status: result.status, code: result.fault?.code }, "answered");
		this.#performer.tell(result);
	}

	#read(payload: Uint8Array): Command | undefined {
		const read = readCommand(payload);
		if ("command" in read) return read.command;
		this.#log.warn({ code: read.code }, "not a command of the contract");
		if (read.code === "COMMAND_UNKNOWN" && read.id !== undefined) {
			const result = failed(read.code, "the command does not match the contract");
			const { id, action } = read;
			this.#performer.tell({ id, device: this.#device, action, at: new Date().toISOString(), ...result });
		}
		return undefined;
	}

	#noteCrash(error: unknown, { action }: Command): void {
		if (!(error instanceof DeviceError)) this.#log.error({ err: error, action }, "the driver crashed");
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
