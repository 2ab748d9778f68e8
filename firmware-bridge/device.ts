import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Command } from "@kassahub/contracts/command.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Logger } from "pino";
import { waitMs } from "./backoff.ts";
import { Commands, type Readiness } from "./commands.ts";
import type { DevicePlan } from "./config.ts";
import type { Condition, Job, Outcome, Report, Session } from "./drivers/driver.ts";
import { DeviceError, fault, faultOf } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { openLink } from "./links/address.ts";
import type { BrokerAccess, Connection } from "./links/link.ts";
import { Mailbox } from "./mailbox.ts";
import { pause } from "./pause.ts";
import { Recorder } from "./recorder.ts";

const OPEN_MS = 30_000;
const LAST_WORDS_MS = 2000;
const STOP_MS = 3000;
/** Who edits devices.yaml is in no hurry: a receipt that is being printed is printed to its end. */
const MAKE_WAY_MS = 15_000;

/** One device: connected, watched and reconnected for as long as the bridge runs. What ails it stays with it. */
export class Device {
	readonly #plan: DevicePlan;
	readonly #broker: BrokerAccess;
	readonly #log: Logger;
	readonly #ledger: Ledger;
	readonly #commands: Commands;
	readonly #mailbox: Mailbox;
	readonly #stopping = new AbortController();
	readonly #stopped: Promise<void>;
	readonly #recorder: Recorder | undefined;
	#state: DeviceState;
	#session: Session | undefined;
	#link: Connection | undefined;
	#following: NodeJS.Timeout | undefined;
	#failures = 0;
	#opened = 0;
	#living: Promise<void> = Promise.resolve();

	constructor(plan: DevicePlan, { dataDir, broker, log }: { dataDir: string; broker: BrokerAccess; log: Logger }) {
		this.#plan = plan;
		this.#broker = broker;
		this.#log = log.child({ device: plan.name });
		this.#stopped = new Promise((resolve) => this.#stopping.signal.addEventListener("abort", () => resolve()));
		const since = new Date().toISOString();
		this.#state = {
			device: plan.name,
			// What drives nothing known prints nothing and weighs nothing.
			class: plan.driver?.class ?? "sensor",
			driver: plan.driverName,
			link: plan.link,
			since,
			...("fault" in plan ? { state: "offline", fault: plan.fault } : { state: "connecting" }),
		};
		this.#recorder =
			plan.driver &&
			new Recorder({
				device: plan.name,
				wire: plan.driver.wire,
				file: join(dataDir, "bridge", "trace", `${plan.name}.ndjson`),
				log: this.#log,
			});
		this.#ledger = new Ledger(join(dataDir, "bridge", "underway", `${plan.name}.json`), this.#log);
		this.#commands = new Commands(
			plan.name,
			plan.driver ?? { actions: [], actionsWhileDegraded: [], actionsBeside: [], actionsToRecover: [] },
			this.#ledger,
			{
				readiness: () => this.#readiness(),
				perform: (command, job) => this.#perform(command, job),
				recover: (command, job) => this.#ask((session) => recovered(session, command, job)),
				attend: (command) => (command.action === "trace" ? this.#trace(command.seconds) : undefined),
				tell: (result) => this.#mailbox.result(result, () => this.#ledger.told(result.id)),
			},
			this.#log,
		);
		this.#mailbox = new Mailbox(
			broker,
			{
				device: plan.name,
				lastWill: { ...this.#state, state: "offline", fault: fault("BRIDGE_STOPPED") },
				log: this.#log,
			},
			{
				accept: (payload) => this.#accept(payload),
				greet: () => {
					void this.#mailbox.state(this.#state);
					for (const result of this.#ledger.untold) this.#mailbox.result(result, () => this.#ledger.told(result.id));
				},
			},
		);
	}

	start(): void {
		this.#living = this.#live();
	}

	get state(): DeviceState["state"] {
		return this.#state.state;
	}

	/** Lets a running command end, within three seconds, and says that the device is out of reach. */
	async stop(): Promise<void> {
		await this.#halt(STOP_MS);
		this.#state = { ...this.#state, state: "offline", since: new Date().toISOString(), fault: fault("BRIDGE_STOPPED") };
		await pause(LAST_WORDS_MS, this.#mailbox.state(this.#state));
		await this.#leave();
	}

	/** As `stop` with more patience, for another device of the same name, which does what waits and tells its own state. */
	async makeWay(): Promise<void> {
		await this.#halt(MAKE_WAY_MS);
		await this.#leave();
	}

	/** As `makeWay`, for a device that is no more in devices.yaml: what waits is answered. */
	async retire(): Promise<void> {
		await this.#halt(MAKE_WAY_MS);
		await this.#commands.refuseAll(fault("DEVICE_UNKNOWN"));
		await this.#leave();
	}

	async #halt(patienceMs: number): Promise<void> {
		const idle = this.#commands.stop();
		await pause(patienceMs, idle);
		this.#stopping.abort();
		clearTimeout(this.#following);
		await this.#link?.close();
		await this.#living;
		// A command is given up this long after its link is gone, and then written down: no successor may come before that.
		await pause(2 * LAST_WORDS_MS, idle);
	}

	async #leave(): Promise<void> {
		await pause(LAST_WORDS_MS, this.#mailbox.close());
		await this.#recorder?.save();
	}

	async #accept(payload: Uint8Array): Promise<void> {
		await this.#commands.accept(payload);
		if ("fault" in this.#plan) await this.#commands.refuseAll(this.#plan.fault);
	}

	async #live(): Promise<void> {
		await this.#commands.resume();
		if ("fault" in this.#plan) {
			this.#log.error({ ...this.#plan.fault }, "devices.yaml: this device cannot be driven");
			return this.#commands.refuseAll(this.#plan.fault);
		}
		while (!this.#stopping.signal.aborted) {
			const reason = await this.#converse();
			if (this.#stopping.signal.aborted) return;
			const why = faultOf(reason);
			if (reason instanceof DeviceError) this.#log.warn({ ...why, attempt: this.#failures }, "lost; connecting again");
			else this.#log.error({ err: reason }, "the driver crashed; connecting again");
			const restMs = waitMs(this.#failures++, Math.random());
			this.#become({ state: "offline", fault: why }, new Date(Date.now() + restMs).toISOString());
			await pause(restMs, this.#stopped);
		}
	}

	/** One connection, from opening the link to losing it; the answer is what ended it. */
	async #converse(): Promise<unknown> {
		if ("fault" in this.#plan) return undefined;
		const { driver, address, settings } = this.#plan;
		let link: Connection | undefined;
		try {
			link = await openLink(address, { tap: this.#recorder?.tap() ?? (() => undefined), broker: this.#broker });
			this.#link = link;
			this.#state = { ...this.#state, ...link.identity };
			if (this.#stopping.signal.aborted) return undefined;
			this.#opened++;
			let isCurrent = true;
			const report: Report = {
				condition: (condition) => isCurrent && this.#become(condition),
				reading: (reading) =>
					this.#mailbox.reading({ ...reading, device: this.#plan.name, at: new Date().toISOString() }),
			};
			// Which kind of link an address opens is decided where it is parsed, from this same driver.
			const opening = driver.open(link as never, settings, report);
			opening.catch(() => undefined);
			const session = await Promise.race([opening, lateAfter(OPEN_MS, link)]);
			this.#session = session;
			this.#commands.pump();
			await session.watch();
			isCurrent = false;
			return await link.gone;
		} catch (error) {
			return error;
		} finally {
			this.#session = undefined;
			this.#link = undefined;
			await link?.close();
		}
	}

	#readiness(): Readiness {
		if (!this.#session) return "none";
		if (this.#state.state === "online") return "all";
		return this.#state.state === "degraded" ? "degraded" : "none";
	}

	async #perform(command: Command, job: Job): Promise<Outcome> {
		// The link went between choosing the command and its turn: not one byte of it has left.
		if (!this.#session) return { status: "failed", fault: this.#state.fault ?? fault("DEVICE_UNREACHABLE") };
		return this.#ask((session) => session.perform(command, job));
	}

	/** Throws DeviceError where there is nobody to ask: what was in doubt stays so. */
	async #ask(question: (session: Session) => Promise<Outcome>): Promise<Outcome> {
		const session = this.#session;
		const link = this.#link;
		if (!session || !link) throw new DeviceError("DEVICE_UNREACHABLE");
		const answering = question(session);
		answering.catch(() => undefined);
		const abandoned = link.gone.then(async (error) => {
			await pause(
				LAST_WORDS_MS,
				answering.catch(() => undefined),
			);
			throw error;
		});
		return Promise.race([answering, abandoned]);
	}

	/** Tells what was recorded, and what passes from now on, on the device's trace topic. */
	async #trace(seconds: number): Promise<Outcome> {
		if (!this.#recorder) return { status: "failed", fault: fault("DEVICE_CONFIG_INVALID") };
		const isNew = this.#following === undefined;
		clearTimeout(this.#following);
		this.#following = setTimeout(() => {
			this.#recorder?.follow(undefined);
			this.#following = undefined;
		}, seconds * 1000);
		if (isNew) for (const trace of this.#recorder.traces()) this.#mailbox.trace(trace);
		this.#recorder.follow((trace) => this.#mailbox.trace(trace));
		return { status: "done" };
	}

	#become(condition: Condition, nextAttemptAt?: string): void {
		const { device, class: deviceClass, driver, link, state, since, fault: oldFault } = this.#state;
		const { firmware, serialNumber, model } = this.#state;
		if (condition.state === "online") this.#failures = 0;
		const isSame = condition.state === state && condition.fault?.code === oldFault?.code;
		// Which device it is stays known while it is away; how it was does not.
		const next: DeviceState = {
			device,
			class: deviceClass,
			driver,
			link,
			...(firmware === undefined ? {} : { firmware }),
			...(serialNumber === undefined ? {} : { serialNumber }),
			...(model === undefined ? {} : { model }),
			...condition,
			...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
			since: isSame ? since : new Date().toISOString(),
			reconnects: Math.max(0, this.#opened - 1),
		};
		if (isDeepStrictEqual(next, this.#state)) return;
		this.#state = next;
		if (!isSame) {
			this.#log.info({ state: next.state, code: next.fault?.code }, "device state");
			if (next.fault) void this.#recorder?.save();
		}
		void this.#mailbox.state(next);
		this.#commands.pump();
	}
}

function recovered(session: Session, command: Command, job: Job): Promise<Outcome> {
	if (!session.recover) throw new Error(`the driver has no way to find out what came of ${command.action}`);
	return session.recover(command, job);
}

async function lateAfter(ms: number, link: Connection): Promise<never> {
	await pause(ms, link.gone);
	throw new DeviceError("DEVICE_UNREACHABLE", "the device did not come up in time");
}
