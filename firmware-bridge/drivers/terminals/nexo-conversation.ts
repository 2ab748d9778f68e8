import { createHash, randomBytes } from "node:crypto";
import type { Command } from "@kassahub/contracts/command.ts";
import { DeviceError, fault, NotSentError } from "../../fault.ts";
import type { HttpLink } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import type { Condition, Job, Outcome, Report, Session } from "../driver.ts";
import type { SharedKey } from "./nexo-crypto.ts";
import { NexoExchange } from "./nexo-exchange.ts";
import { outcomeOf } from "./nexo-outcome.ts";
import { type Attempt, categoryOf, isMoving, NexoRecovery, wholeOf } from "./nexo-recovery.ts";
import {
	abortRequest,
	type Category,
	diagnosisRequest,
	type Envelope,
	type NexoRequest,
	paymentRequest,
	reconciliationRequest,
	reversalRequest,
	transactionStatusRequest,
} from "./nexo-requests.ts";
import type { NexoResponse } from "./nexo-responses.ts";
import type { NexoSettings } from "./nexo-settings.ts";

const SERVICE_ID_LENGTH = 10;
const FOLLOW = { nl: "Volg de pinautomaat", en: "Follow the pin terminal" };

/** A terminal that speaks nexo: every question has a ServiceID of its own, and one payment runs at a time. */
export class NexoConversation implements Session {
	readonly #link: HttpLink;
	readonly #exchange: NexoExchange;
	readonly #settings: NexoSettings;
	readonly #report: Report;
	#underWay: { id: string; category: Category; serviceId: string } | undefined;
	#isOccupied = false;
	#gone = false;

	constructor(link: HttpLink, settings: NexoSettings, key: SharedKey | undefined, report: Report) {
		this.#link = link;
		this.#exchange = new NexoExchange(link, key);
		this.#settings = settings;
		this.#report = report;
		void link.gone.then(() => {
			this.#gone = true;
		});
	}

	/** Throws DEVICE_UNREACHABLE or DEVICE_GARBLED where nobody answers, or not with our key. */
	async begin(): Promise<void> {
		this.#report.condition(await this.#diagnose());
	}

	async watch(): Promise<void> {
		for (;;) {
			await pause(this.#settings.heartbeatMs, this.#link.gone);
			if (this.#gone) throw await this.#link.gone;
			if (!this.#isOccupied) this.#report.condition(await this.#diagnose());
		}
	}

	async perform(command: Command, job: Job): Promise<Outcome> {
		if (command.action === "cancel") return this.#cancel(command.payment);
		this.#isOccupied = true;
		try {
			if (isMoving(command)) return await this.#transact(command, job);
			return command.action === "end-of-day" ? await this.#closeDay(command, job) : await this.#testItself();
		} finally {
			this.#isOccupied = false;
		}
	}

	async recover(command: Command, job: Job): Promise<Outcome> {
		const { answerMs } = this.#settings;
		const recovery = new NexoRecovery(this.#settings, this.#link.gone, ({ serviceId, saleId }, category) =>
			this.#exchange.ask(
				transactionStatusRequest({ ...this.#envelope(), saleId }, category, serviceId),
				"status",
				answerMs,
			),
		);
		this.#isOccupied = true;
		try {
			return await recovery.findOut(command, this.#attemptOf(command), job.evidence);
		} finally {
			this.#isOccupied = false;
		}
	}

	async #transact(command: Command, job: Job): Promise<Outcome> {
		if (!isMoving(command)) throw new Error(`${command.action} moves no money`);
		const attempt = this.#attemptOf(command);
		const request = this.#requestOf(command, attempt);
		if (!request) return { status: "failed", fault: fault("REVERSAL_IMPOSSIBLE", "its TransactionID is not known") };
		this.#underWay = { id: command.id, category: categoryOf(command), serviceId: attempt.serviceId };
		try {
			const response = await this.#askOnce(request, "transaction", job, attempt, () =>
				this.#report.reading({ type: "payment", payment: command.id, message: FOLLOW, mayCancel: true }),
			);
			if (!("kind" in response)) return response;
			return outcomeOf(response.transaction, wholeOf(command));
		} finally {
			this.#underWay = undefined;
		}
	}

	#requestOf(command: Command, attempt: Attempt): NexoRequest | undefined {
		const sale = { id: command.id, at: utcTime(attempt.at) };
		if (command.action === "pay" || command.action === "refund") {
			return paymentRequest(attempt, command.action, command.amount, sale);
		}
		if (command.action !== "reverse") return undefined;
		const { transactionId, at } = command.original.reference;
		return transactionId === undefined || at === undefined
			? undefined
			: reversalRequest(attempt, { transactionId, at }, sale);
	}

	async #cancel(payment: string): Promise<Outcome> {
		const underWay = this.#underWay;
		if (underWay?.id !== payment) {
			return { status: "failed", fault: fault("COMMAND_UNKNOWN", "that payment is not under way") };
		}
		const request = abortRequest(this.#envelope(), underWay.category, underWay.serviceId);
		await this.#exchange.tell(request, this.#settings.answerMs);
		return { status: "done" };
	}

	async #closeDay(command: Command, job: Job): Promise<Outcome> {
		const attempt = this.#attemptOf(command);
		const response = await this.#askOnce(reconciliationRequest(attempt), "reconciliation", job, attempt);
		if (!("kind" in response)) return response;
		const { verdict, totals } = response;
		if (verdict.result === "Failure") {
			return { status: "failed", fault: fault("PAYMENT_FAILED", verdict.condition ?? "the terminal says Failure") };
		}
		return totals ? { status: "done", totals } : { status: "done", detail: "the terminal gives no totals" };
	}

	/** What must be asked once at most, with what has to be known of it afterwards on disk first; or why it was not asked. */
	async #askOnce<K extends NexoResponse["kind"]>(
		request: NexoRequest,
		kind: K,
		job: Job,
		attempt: Attempt,
		begun: () => void = () => undefined,
	): Promise<Extract<NexoResponse, { kind: K }> | Outcome> {
		try {
			await job.keep(attempt);
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			return { status: "failed", fault: fault(error.code, error.detail) };
		}
		begun();
		try {
			return await this.#exchange.ask(request, kind, this.#settings.paymentMs);
		} catch (error) {
			if (!(error instanceof NotSentError)) throw error;
			return { status: "failed", fault: fault("TERMINAL_UNREACHABLE", error.detail) };
		}
	}

	async #testItself(): Promise<Outcome> {
		const condition = await this.#diagnose();
		this.#report.condition(condition);
		if (condition.fault) return { status: "failed", fault: condition.fault };
		return { status: "done", detail: `terminal ${this.#settings.poiId} answers` };
	}

	/** A terminal that is busy, or knows no diagnosis, is there all the same. */
	async #diagnose(): Promise<Condition> {
		const request = diagnosisRequest(this.#envelope());
		const { status = "OK", printer } = await this.#exchange.ask(request, "diagnosis", this.#settings.answerMs);
		const isWell = status === "OK" || status === "Busy";
		const papers = { NoPaper: "out", PaperLow: "near-end", OK: "ok" } as const;
		const paper = papers[printer as keyof typeof papers];
		return {
			...(isWell ? { state: "online" } : { state: "degraded", fault: fault("TERMINAL_SETUP_DUE", status) }),
			serialNumber: this.#settings.poiId,
			...(paper ? { paper } : {}),
		};
	}

	#envelope(): Envelope {
		const { saleId, poiId } = this.#settings;
		return { serviceId: serviceIdOf(randomBytes(32)), saleId, poiId };
	}

	/** The ServiceID follows from the command's id, so that a payment can be asked about after any restart. */
	#attemptOf(command: Command): Attempt {
		const serviceId = serviceIdOf(createHash("sha256").update(command.id).digest());
		const { saleId, poiId } = this.#settings;
		const amount = "amount" in command ? command.amount : command.action === "reverse" ? command.original.amount : 0;
		return { serviceId, saleId, poiId, amount, at: new Date().toISOString() };
	}
}

/** Ten characters, enough of them to be unique for good. */
function serviceIdOf(bytes: Uint8Array): string {
	const digits = BigInt(`0x${Buffer.from(bytes.subarray(0, 8)).toString("hex")}`)
		.toString(36)
		.toUpperCase();
	return digits.padStart(SERVICE_ID_LENGTH, "0").slice(-SERVICE_ID_LENGTH);
}

/** Without milliseconds, as the sheet's examples have it. */
const utcTime = (iso: string): string => iso.replace(/\.\d+Z$/, "Z");
