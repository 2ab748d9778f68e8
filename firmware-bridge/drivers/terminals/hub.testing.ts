import type { Command } from "@kassahub/contracts/command.ts";
import { TerminalAnswer } from "@kassahub/contracts/terminal-answer.ts";
import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";
import type { TerminalOnBench } from "../../emulators/terminal-on-bench.ts";
import { DeviceError } from "../../fault.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { Driver, Evidence, Job, Outcome } from "../driver.ts";

type Bare<C> = C extends Command ? Omit<C, "id" | "at"> : never;
export type Asked = Bare<Extract<Command, { action: "pay" | "refund" | "reverse" | "end-of-day" | "self-test" }>>;

const TRIES_MAX = 30;
const RETRY_MS = 20;
/** What a killed process waits for never comes. */
const NEVER = new Promise<never>(() => undefined);

/**
 * A hub with its bridge, as far as one terminal sees it: keeps evidence, connects again, finds out before anything else
 * what came of a command in doubt, and can be killed at any instant.
 */
export class HubOnBench {
	readonly #driver: Driver;
	readonly #settings: Record<string, unknown>;
	readonly #terminal: TerminalOnBench;
	#connected: Connected | undefined;
	#life = 0;
	#die: () => void = () => undefined;
	/** What is on disk of the last command. */
	kept: Evidence | undefined;

	constructor(driver: Driver, settings: Record<string, unknown>, terminal: TerminalOnBench) {
		this.#driver = driver;
		this.#settings = settings;
		this.#terminal = terminal;
	}

	/** Connects anew, as often as it takes. Throws DeviceError where it takes too often. */
	async connect(): Promise<Connected> {
		await this.disconnect();
		await this.#terminal.restoreLink();
		for (let tries = 1; ; tries++) {
			try {
				this.#connected = await connect(this.#driver, this.#terminal.url, this.#settings);
				return this.#connected;
			} catch (error) {
				if (!(error instanceof DeviceError) || tries === TRIES_MAX) throw error;
				await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
			}
		}
	}

	/** Connects, and waits until the terminal has done what it was busy with. */
	async connectReady(): Promise<Connected> {
		const connected = await this.connect();
		await connected.witness.untilCondition(({ state }) => state === "online");
		return connected;
	}

	get connected(): Connected {
		if (!this.#connected) throw new Error("not connected");
		return this.#connected;
	}

	async disconnect(): Promise<void> {
		const connected = this.#connected;
		this.#connected = undefined;
		await connected?.link.close();
		await connected?.watching.catch(() => undefined);
	}

	/** As kill -9 would: from now on nothing leaves, and nothing is kept. */
	kill(): void {
		this.#life++;
		void this.#connected?.link.close();
		this.#die();
	}

	/** Does a command as the bridge would: whatever is in doubt is found out, over new connections, until there is an answer. */
	async ask(asked: Asked, id = uuidv7()): Promise<Outcome> {
		const command = { id, at: new Date().toISOString(), ...asked } as Command;
		this.kept = undefined;
		const first = await this.#attempt((job) => this.connected.session.perform(command, job));
		if (first && first.status !== "unknown") return sound(first);
		for (let tries = 0; tries < TRIES_MAX; tries++) {
			const outcome = await this.#attempt(async (job) => {
				const { session } = await this.connect();
				if (!session.recover) throw new Error("a terminal's driver must be able to find out");
				return session.recover(command, job);
			});
			if (outcome) return sound(outcome);
			await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
		}
		throw new Error(`${asked.action} is still in doubt after ${TRIES_MAX} recoveries`);
	}

	/** Undefined where it was broken off, by the driver or by death. */
	async #attempt(work: (job: Job) => Promise<Outcome>): Promise<Outcome | undefined> {
		const life = this.#life;
		const died = new Promise<undefined>((resolve) => {
			this.#die = () => resolve(undefined);
		});
		const job: Job = {
			evidence: structuredClone(this.kept),
			keep: async (evidence) => {
				// A write takes a moment, in which the process may die.
				const written = structuredClone(evidence);
				await new Promise((resolve) => setImmediate(resolve));
				if (life !== this.#life) return NEVER;
				this.kept = written;
			},
		};
		const working = work(job).catch((error: unknown) => {
			if (error instanceof DeviceError) return undefined;
			throw error;
		});
		return Promise.race([working, died]);
	}
}

/** Within the contract, and without anything that could be a card number. */
function sound(outcome: Outcome): Outcome {
	if (outcome.payment && !Value.Check(TerminalAnswer, outcome.payment)) {
		throw new Error(`not in the contract: ${JSON.stringify(outcome.payment)}`);
	}
	return outcome;
}

/** Cents that the hub books for it: to the shop, or from it. */
export function bookedCents(asked: Asked, { payment }: Outcome): number {
	if (payment?.status !== "approved") return 0;
	return asked.action === "pay" ? payment.amount : -payment.amount;
}
