import type { Command } from "@kassahub/contracts/command.ts";
import { fault } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import type { Job, Outcome, Report, Session } from "../driver.ts";
import { Conversation } from "./zvt-conversation.ts";
import { ZvtDay } from "./zvt-day.ts";
import { decide } from "./zvt-decision.ts";
import { type Kept, keptOf } from "./zvt-kept.ts";
import { approved, notDone, notReady, notStored } from "./zvt-outcomes.ts";
import type { ZvtSettings } from "./zvt-settings.ts";
import { READY, ZvtTerminal } from "./zvt-terminal.ts";
import { passes } from "./zvt-terminal-status.ts";
import { type MoneyCommand, ZvtTransaction } from "./zvt-transaction.ts";
import { overTcp, SerialTransport, type Transport } from "./zvt-transport.ts";

/** A conversation with one terminal: one thing at a time, and a status enquiry now and then while there is nothing. */
export class ZvtSession implements Session {
	readonly #link: Link;
	readonly #settings: ZvtSettings;
	readonly #report: Report;
	readonly #transport: Transport;
	readonly #conversation: Conversation;
	readonly #terminal: ZvtTerminal;
	#turn: Promise<unknown> = Promise.resolve();
	#inTurn = 0;
	/** Begins the wait for the next enquiry anew: something else was asked of the terminal meanwhile. */
	#waitAnew: () => void = () => undefined;
	/** The payment that can be cancelled. */
	#payment: string | undefined;

	constructor(link: Link, settings: ZvtSettings, report: Report) {
		this.#link = link;
		this.#settings = settings;
		this.#report = report;
		const isSerial = link.isSerial === true || settings.framing === "blocks";
		this.#transport = isSerial ? new SerialTransport(link, settings) : overTcp(link);
		this.#conversation = new Conversation(link, this.#transport, settings);
		this.#terminal = new ZvtTerminal(this.#conversation, settings, report);
	}

	/** The first words of a connection. A terminal that is busy is registered later. Throws DeviceError. */
	async begin(): Promise<void> {
		await this.#transport.settle();
		await this.#terminal.prepare();
	}

	/** Sheet 6: a status enquiry about once a minute, which also lets the terminal do what it has to do at times. */
	async watch(): Promise<void> {
		let isGone = false;
		void this.#link.gone.then(() => {
			isGone = true;
		});
		while (!isGone) {
			let isDue = true;
			const anew = new Promise<void>((resolve) => {
				this.#waitAnew = () => {
					isDue = false;
					resolve();
				};
			});
			const ms = passes(this.#terminal.status) ? this.#settings.waitMs : this.#settings.enquiryMs;
			await pause(ms, Promise.race([anew, this.#link.gone]));
			if (isGone || !isDue || this.#inTurn > 0) continue;
			await this.#take(() => (this.#terminal.isPrepared ? this.#terminal.enquire() : this.#terminal.prepare()));
		}
	}

	perform(command: Command, job: Job): Promise<Outcome> {
		if (command.action === "cancel") return this.#cancel(command.payment);
		return this.#take(async () => {
			if (command.action === "self-test") return this.#test();
			if (!this.#terminal.isPrepared) {
				const status = await this.#terminal.prepare();
				if (!this.#terminal.isPrepared) return notReady(status);
			}
			if (command.action === "end-of-day") return new ZvtDay(this.#terminal, job).close();
			return isMoney(command) ? this.#move(command, job) : impossible(command);
		});
	}

	recover(command: Command, job: Job): Promise<Outcome> {
		return this.#take(async () => {
			if (command.action !== "end-of-day" && !isMoney(command)) return impossible(command);
			this.#payment = command.id;
			try {
				// What was kept came before the terminal was asked: where nothing was, nothing was asked.
				if (!job.evidence && !command.resumes) return { status: "failed", fault: fault("COMMAND_NOT_STARTED") };
				await this.#awaitReady();
				if (command.action === "end-of-day") return await new ZvtDay(this.#terminal, job).findOut();
				const kept = keptOf(job.evidence);
				if (!kept) return { status: "unknown", fault: fault("PAYMENT_UNKNOWN", "nothing was kept of how it began") };
				return await this.#findOut(kept);
			} finally {
				this.#payment = undefined;
			}
		});
	}

	async #move(command: MoneyCommand, job: Job): Promise<Outcome> {
		const hindrance = command.action === "reverse" ? this.#hindranceTo(command) : undefined;
		if (hindrance) return { status: "failed", fault: fault("REVERSAL_IMPOSSIBLE", hindrance) };
		this.#payment = command.id;
		try {
			const transaction = new ZvtTransaction(this.#terminal, command, job, (reading) => this.#report.reading(reading));
			const outcome = await transaction.run();
			if (outcome) return outcome;
			await this.#awaitReady();
			return await this.#findOut(transaction.kept);
		} finally {
			this.#payment = undefined;
		}
	}

	/** The receipt number of one terminal is another payment's on the next. */
	#hindranceTo({ original }: Extract<MoneyCommand, { action: "reverse" }>): string | undefined {
		const { receiptNumber, terminalId } = original.reference;
		if (!receiptNumber || !/^\d{1,4}$/.test(receiptNumber)) return "the payment's receipt number is not known";
		const own = this.#terminal.terminalId;
		return terminalId && own && terminalId !== own ? `it was paid on terminal ${terminalId}` : undefined;
	}

	/** Sheet 7: asks until it is ready, however long that takes, registers, and learns its last transaction anew. */
	async #awaitReady(): Promise<void> {
		this.#terminal.forget();
		for (;;) {
			await this.#terminal.prepare();
			if (this.#terminal.isPrepared) return;
			await pause(this.#settings.waitMs, this.#link.gone);
		}
	}

	async #findOut(kept: Kept): Promise<Outcome> {
		if (kept.refusal) return notDone(kept.refusal.result, kept.refusal.words);
		const { last } = this.#terminal;
		const { verdict, why } = decide(kept, last, { toleranceMinutes: this.#settings.clockToleranceMinutes });
		if (verdict === "unknown" || !last) return { status: "unknown", fault: fault("PAYMENT_UNKNOWN", why) };
		if (verdict === "not-stored") return notStored(why);
		if (verdict === "refused") return notDone(last.result, last.words);
		const receipts = await this.#terminal.lastReceipts();
		return { ...approved({ ...kept.approval, ...last }, kept.cents, receipts), detail: why };
	}

	async #cancel(payment: string): Promise<Outcome> {
		if (this.#payment !== payment) {
			return { status: "failed", fault: fault("COMMAND_NOT_STARTED", "that payment is not under way") };
		}
		if (await this.#conversation.abort()) return { status: "done" };
		return { status: "failed", fault: fault("TERMINAL_BUSY", "the terminal does not stop it now") };
	}

	async #test(): Promise<Outcome> {
		const status = this.#terminal.isPrepared ? await this.#terminal.enquire(true) : await this.#terminal.prepare();
		if (status === READY) return { status: "done", detail: "the terminal is ready" };
		return notReady(status);
	}

	#take<T>(work: () => Promise<T>): Promise<T> {
		this.#inTurn++;
		const done = this.#turn.then(work).finally(() => {
			this.#inTurn--;
			this.#waitAnew();
		});
		this.#turn = done.catch(() => undefined);
		return done;
	}
}

const isMoney = (command: Command): command is MoneyCommand =>
	command.action === "pay" || command.action === "refund" || command.action === "reverse";

const impossible = ({ action }: Command): Outcome => ({
	status: "failed",
	fault: fault("COMMAND_UNKNOWN", `a terminal cannot ${action}`),
});
