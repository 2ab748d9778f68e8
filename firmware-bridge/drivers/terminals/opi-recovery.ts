import type { Command } from "@kassahub/contracts/command.ts";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { DeviceError, fault } from "../../fault.ts";
import { pause } from "../../pause.ts";
import type { Evidence, Outcome } from "../driver.ts";
import type { CardServiceRequest, Response } from "./opi-codec.ts";
import { outcomeOf } from "./opi-outcome.ts";
import type { OpiSettings } from "./opi-settings.ts";

export type Moving = Extract<Command, { action: "pay" | "refund" | "reverse" }>;

/** What is kept of a transaction before it is asked for (sheet A4). */
const Attempt = Type.Object({
	requestId: Type.String(),
	type: Type.Enum(["CardPayment", "PaymentRefund", "PaymentReversal"]),
	amount: Type.Integer(),
	/** Of the transaction before it, where that was known. */
	lastStan: Type.Optional(Type.Integer()),
});
export type Attempt = Static<typeof Attempt>;

const types = { pay: "CardPayment", refund: "PaymentRefund", reverse: "PaymentReversal" } as const;
export const typeOf = ({ action }: Moving): Attempt["type"] => types[action];

const STAN_MAX = 999_999;
export const isStan = (text: string): boolean => /^\d{1,6}$/.test(text) && Number(text) > 0;

/** Whether a response to a question about the last transaction holds one. */
export const recalled = ({ result, transaction }: Response): boolean =>
	result !== "Busy" && result !== "Loggedout" && transaction.stan !== undefined && isStan(transaction.stan);

/**
 * Whose transaction the terminal recalls: the one that was interrupted, one before it, or one that can't be told. Names
 * decide where the terminal gives any; otherwise the STAN, which goes up by one with each transaction.
 */
export function placeOf(attempt: Attempt, response: Response, ownRequestId: string): "this" | "before" | "unclear" {
	const { stan, amount } = response.transaction;
	const names = [response.referenceRequestId, response.requestId].filter((name) => name && name !== ownRequestId);
	if (names.includes(attempt.requestId)) return "this";
	if (attempt.lastStan === undefined || stan === undefined || !isStan(stan)) return "unclear";
	if (Number(stan) === attempt.lastStan) return "before";
	const isNext = Number(stan) === (attempt.lastStan % STAN_MAX) + 1;
	return names.length === 0 && isNext && (amount ?? attempt.amount) === attempt.amount ? "this" : "unclear";
}

export type Questions = {
	login(): Promise<unknown>;
	ask(type: CardServiceRequest["type"], requestId: string): Promise<Response>;
	newRequestId(): string;
};

/** Finds out what came of an interrupted transaction, by questions alone. */
export class OpiRecovery {
	readonly #settings: OpiSettings;
	readonly #gone: Promise<unknown>;
	readonly #questions: Questions;

	constructor(settings: OpiSettings, gone: Promise<unknown>, questions: Questions) {
		this.#settings = settings;
		this.#gone = gone;
		this.#questions = questions;
	}

	/** Throws a DeviceError where the terminal can't be asked now, or is still busy with it. */
	async findOut(command: Command, requestId: string, evidence: Evidence | undefined): Promise<Outcome> {
		if (evidence === undefined && !("resumes" in command && command.resumes)) {
			return { status: "failed", fault: fault("COMMAND_NOT_STARTED") };
		}
		if (command.action !== "pay" && command.action !== "refund" && command.action !== "reverse") {
			return unknown("OPI does not say whether an end of day was done: look at the terminal");
		}
		await this.#questions.login();
		const { recovery } = this.#settings;
		if (recovery === "none") return unknown("this terminal is not asked about earlier payments (recovery: none)");
		const amount = command.action === "reverse" ? command.original.amount : command.amount;
		const attempt = Value.Check(Attempt, evidence) ? evidence : { requestId, type: typeOf(command), amount };
		const type = recovery === "ticket-reprint" ? "TicketReprint" : "RepeatLastMessage";
		return this.#ask(attempt, type);
	}

	async #ask(attempt: Attempt, type: "RepeatLastMessage" | "TicketReprint"): Promise<Outcome> {
		const busyUntil = performance.now() + this.#settings.paymentMs;
		let settledAt: number | undefined;
		for (;;) {
			const requestId = this.#questions.newRequestId();
			const response = await this.#questions.ask(type, requestId);
			if (response.result === "Busy") {
				if (performance.now() > busyUntil) throw new DeviceError("TERMINAL_BUSY", "the terminal is busy for too long");
			} else if (response.result === "Loggedout") {
				await this.#questions.login();
			} else if (!recalled(response)) {
				return unknown(`the terminal does not say what its last transaction was (${response.result})`);
			} else {
				const place = placeOf(attempt, response, requestId);
				if (place === "this") return foundOut(attempt, response, type);
				if (place === "unclear") return unknown("the terminal's last transaction may be another one");
				// Whatever of it the terminal had begun ends now; one that was already at the bank may still come.
				if (settledAt === undefined) {
					await this.#questions.ask("AbortRequest", this.#questions.newRequestId());
					settledAt = performance.now() + this.#settings.settleMs;
				} else if (performance.now() >= settledAt) {
					return { status: "failed", fault: fault("PAYMENT_FAILED", "the terminal never had it as a transaction") };
				}
			}
			await pause(this.#settings.pollMs, this.#gone);
		}
	}
}

/**
 * [U] Whether a repeated response carries its own result or that of the question is nowhere written: an approval counts
 * only with its amount and approval code, and a reprint that failed says nothing of the payment.
 */
function foundOut(attempt: Attempt, response: Response, type: "RepeatLastMessage" | "TicketReprint"): Outcome {
	const isSuccess = response.result === "Success" || response.result === "PartialFailure";
	const { amount, approvalCode } = response.transaction;
	if (isSuccess && (amount === undefined || approvalCode === undefined)) {
		return unknown("the terminal recalls the payment without its approval");
	}
	if (!isSuccess && type === "TicketReprint") return unknown(`no ticket of it could be printed (${response.result})`);
	return outcomeOf(response, attempt.amount, { receipts: [], unanswered: undefined });
}

const unknown = (detail: string): Outcome => ({ status: "unknown", fault: fault("PAYMENT_UNKNOWN", detail) });
