import { createHash } from "node:crypto";
import type { Command } from "@kassahub/contracts/command.ts";
import { DeviceError, fault } from "../../fault.ts";
import type { ChannelPair, Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import type { Evidence, Job, Outcome, Report, Session } from "../driver.ts";
import { type CardServiceRequest, encodeCardServiceRequest, encodeServiceRequest, type Response } from "./opi-codec.ts";
import { OpiDevices } from "./opi-devices.ts";
import { exchange } from "./opi-exchange.ts";
import { outcomeOf } from "./opi-outcome.ts";
import { type Attempt, isStan, type Moving, OpiRecovery, recalled, typeOf } from "./opi-recovery.ts";
import type { OpiSettings } from "./opi-settings.ts";

const REQUEST_ID_DIGITS = 8;

/** A terminal that speaks OPI (sheet A3): logged in to, and asked one thing at a time. */
export class OpiConversation implements Session {
	readonly #pair: ChannelPair;
	readonly #settings: OpiSettings;
	readonly #report: Report;
	readonly #devices: OpiDevices;
	/** The transaction that the terminal is busy with. */
	#underWay: string | undefined;
	#isOccupied = false;
	/** Of the last transaction known, which the next one's is above. */
	#lastStan: number | undefined;
	#gone = false;

	constructor(pair: ChannelPair, settings: OpiSettings, report: Report) {
		this.#pair = pair;
		this.#settings = settings;
		this.#report = report;
		this.#devices = new OpiDevices((text) => this.#show(text));
		void pair.gone.then(() => {
			this.#gone = true;
		});
	}

	/** Throws DEVICE_UNREACHABLE or DEVICE_GARBLED where nobody answers the login. */
	async begin(): Promise<void> {
		this.#pair.welcome((link) => this.#devices.serve(link));
		await this.#login();
		if (this.#settings.recovery === "repeat-last-message") await this.#learnStan();
	}

	async watch(): Promise<void> {
		for (;;) {
			await pause(this.#settings.heartbeatMs, this.#pair.gone);
			if (this.#gone) throw await this.#pair.gone;
			if (!this.#isOccupied) await this.#login();
		}
	}

	perform(command: Command, job: Job): Promise<Outcome> {
		return command.action === "cancel" ? this.#cancel(command.payment) : this.#occupied(() => this.#do(command, job));
	}

	/** A login beside what is under way would only disturb it. */
	async #occupied<T>(work: () => Promise<T>): Promise<T> {
		this.#isOccupied = true;
		try {
			return await work();
		} finally {
			this.#isOccupied = false;
		}
	}

	async #do(command: Command, job: Job): Promise<Outcome> {
		switch (command.action) {
			case "pay":
			case "refund":
			case "reverse":
				return this.#transact(command, job);
			case "end-of-day":
				return this.#closeDay(command, job);
			default:
				return this.#testItself();
		}
	}

	recover(command: Command, job: Job): Promise<Outcome> {
		const recovery = new OpiRecovery(this.#settings, this.#pair.gone, {
			login: () => this.#login(),
			ask: (type, requestId) => this.#askCardService({ type, requestId }, this.#settings.answerMs),
			newRequestId: () => requestIdOf(crypto.randomUUID()),
		});
		return this.#occupied(() => recovery.findOut(command, requestIdOf(command.id), job.evidence));
	}

	async #transact(command: Moving, job: Job): Promise<Outcome> {
		const stan = command.action === "reverse" ? command.original.reference.trace : undefined;
		if (command.action === "reverse" && (stan === undefined || !isStan(stan))) {
			return { status: "failed", fault: fault("REVERSAL_IMPOSSIBLE", "the payment's STAN is not known") };
		}
		const amount = command.action === "reverse" ? command.original.amount : command.amount;
		const attempt: Attempt = {
			requestId: requestIdOf(command.id),
			type: typeOf(command),
			amount,
			...(this.#lastStan === undefined ? {} : { lastStan: this.#lastStan }),
		};
		const link = await this.#reach(job, attempt);
		if (!("write" in link)) return link;
		this.#devices.clear();
		this.#underWay = command.id;
		try {
			const request = { ...this.#head(attempt), amount, transactionNumber: attempt.requestId.slice(-4) };
			const frame = encodeCardServiceRequest(stan === undefined ? request : { ...request, stan });
			const response = answering(attempt, await exchange(link, frame, this.#settings.paymentMs));
			this.#note(response);
			// It has certainly not been charged, and is not asked for again: the customer may have left meanwhile.
			if (response.result === "Loggedout") await this.#loginAgain();
			const { receiptMs } = this.#settings;
			if (response.result === "Success") await this.#devices.awaitReceipts(receiptMs, this.#pair.gone);
			return outcomeOf(response, amount, this.#devices);
		} finally {
			this.#underWay = undefined;
		}
	}

	async #cancel(payment: string): Promise<Outcome> {
		if (this.#underWay !== payment) {
			return { status: "failed", fault: fault("COMMAND_UNKNOWN", "that payment is not under way") };
		}
		const request = { type: "AbortRequest", requestId: requestIdOf(crypto.randomUUID()) } as const;
		const { result } = await this.#askCardService(request, this.#settings.answerMs);
		if (result === "Success") return { status: "done" };
		return { status: "failed", fault: fault("TERMINAL_BUSY", `too late to cancel (${result})`) };
	}

	async #closeDay(command: Command, job: Job): Promise<Outcome> {
		const requestId = requestIdOf(command.id);
		const link = await this.#reach(job, { requestId });
		if (!("write" in link)) return link;
		this.#devices.clear();
		const request = { type: "ReconciliationWithClosure", requestId } as const;
		const frame = encodeServiceRequest(this.#head(request));
		const response = answering(request, await exchange(link, frame, this.#settings.paymentMs));
		if (response.result === "Loggedout") await this.#loginAgain();
		const outcome = outcomeOf(response, 0, this.#devices);
		if (outcome.payment?.status !== "approved" || !response.totals) return outcome;
		return { status: "done", totals: response.totals };
	}

	async #testItself(): Promise<Outcome> {
		const { transaction } = await this.#login();
		const { terminalId, softwareVersion } = transaction;
		const facts = [terminalId && `terminal ${terminalId}`, softwareVersion && `software ${softwareVersion}`];
		return { status: "done", detail: facts.filter(Boolean).join(", ") || "the terminal answers" };
	}

	async #login(): Promise<Response> {
		const request = { type: "Login", requestId: requestIdOf(crypto.randomUUID()) } as const;
		const link = await this.#pair.dial();
		const response = answering(
			request,
			await exchange(link, encodeServiceRequest(this.#head(request)), this.#settings.answerMs),
		);
		const { terminalId, softwareVersion } = response.transaction;
		const isIn = ["Success", "PartialFailure", "Busy"].includes(response.result);
		this.#report.condition({
			...(isIn ? { state: "online" } : { state: "degraded", fault: fault("TERMINAL_SETUP_DUE", response.result) }),
			...(terminalId ? { serialNumber: terminalId } : {}),
			...(softwareVersion ? { firmware: softwareVersion } : {}),
		});
		return response;
	}

	/** What was answered stands, whether or not the login succeeds; the next heartbeat tries it again. */
	async #loginAgain(): Promise<void> {
		try {
			await this.#login();
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
		}
	}

	/** The last transaction's STAN tells, after an interruption, whether there has been another since. */
	async #learnStan(): Promise<void> {
		const request = { type: "RepeatLastMessage", requestId: requestIdOf(crypto.randomUUID()) } as const;
		try {
			const response = await this.#askCardService(request, this.#settings.answerMs);
			if (recalled(response)) this.#note(response);
		} catch (error) {
			// [U] A terminal that does not know the question may answer it in whatever way, or not at all.
			if (!(error instanceof DeviceError)) throw error;
		}
	}

	#note({ transaction }: Response): void {
		if (transaction.stan !== undefined && isStan(transaction.stan)) this.#lastStan = Number(transaction.stan);
	}

	async #askCardService(request: Pick<CardServiceRequest, "type" | "requestId">, withinMs: number): Promise<Response> {
		return exchange(await this.#pair.dial(), encodeCardServiceRequest(this.#head(request)), withinMs);
	}

	/**
	 * A connection for what must be asked once at most, with what has to be known of it afterwards on disk; or why not:
	 * nothing has been asked then.
	 */
	async #reach(job: Job, evidence: Evidence): Promise<Link | Outcome> {
		try {
			await job.keep(evidence);
			return await this.#pair.dial();
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			const code = error.code === "DEVICE_UNREACHABLE" ? "TERMINAL_UNREACHABLE" : error.code;
			return { status: "failed", fault: fault(code, error.detail) };
		}
	}

	#head<T extends string>(request: { type: T; requestId: string }) {
		const { type, requestId } = request;
		return { type, requestId, workstation: this.#settings.workstation, at: localTime(new Date()) };
	}

	/** The terminal's own words, in whatever language it is set to. */
	#show(text: string): void {
		if (this.#underWay === undefined) return;
		this.#report.reading({
			type: "payment",
			payment: this.#underWay,
			message: { nl: text, en: text },
			mayCancel: true,
		});
	}
}

/** Throws DEVICE_GARBLED where a response is not that request's. */
function answering(request: { type: string; requestId: string }, response: Response): Response {
	if (response.type === request.type && (response.requestId ?? request.requestId) === request.requestId)
		return response;
	throw new DeviceError("DEVICE_GARBLED", "the response to another request");
}

/** Digits that follow from the command's id, so that a payment's request is known by it after any restart. */
function requestIdOf(id: string): string {
	const digest = createHash("sha256").update(id).digest().readUIntBE(0, 6);
	return String(digest % 10 ** REQUEST_ID_DIGITS).padStart(REQUEST_ID_DIGITS, "0");
}

/** Local time with its offset, as the sheet's examples have it. */
function localTime(date: Date): string {
	const offset = -date.getTimezoneOffset();
	const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
	const two = (value: number): string => String(value).padStart(2, "0");
	const ahead = Math.abs(offset);
	return `${local}${offset < 0 ? "-" : "+"}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}
