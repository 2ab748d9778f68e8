import type { Command } from "@kassahub/contracts/command.ts";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { DeviceError, fault } from "../../fault.ts";
import { pause } from "../../pause.ts";
import type { Evidence, Outcome } from "../driver.ts";
import { inDoubt, outcomeOf } from "./nexo-outcome.ts";
import type { Category } from "./nexo-requests.ts";
import type { NexoResponse } from "./nexo-responses.ts";
import type { NexoSettings } from "./nexo-settings.ts";

/** What is kept of a transaction before it is asked for (sheet B3). */
export const Attempt = Type.Object({
	serviceId: Type.String(),
	saleId: Type.String(),
	poiId: Type.String(),
	amount: Type.Integer(),
	at: Type.String(),
});
export type Attempt = Static<typeof Attempt>;

/** [U] How long a terminal remembers is nowhere written: later than this, not to be found is no proof of anything. */
const REMEMBERED_MS = 24 * 3600_000;

type Moving = Extract<Command, { action: "pay" | "refund" | "reverse" }>;
export const isMoving = (command: Command): command is Moving =>
	command.action === "pay" || command.action === "refund" || command.action === "reverse";
export const categoryOf = ({ action }: Moving): Category => (action === "reverse" ? "Reversal" : "Payment");
/** What a transaction is of, in cents, where its answer may leave it out. */
export const wholeOf = (command: Moving): number | undefined =>
	command.action === "reverse" ? command.original.amount : undefined;

type Status = Extract<NexoResponse, { kind: "status" }>;

/** Finds out what came of an interrupted transaction, by TransactionStatus alone. */
export class NexoRecovery {
	readonly #settings: NexoSettings;
	readonly #gone: Promise<unknown>;
	readonly #ask: (attempt: Attempt, category: Category) => Promise<Status>;

	constructor(
		settings: NexoSettings,
		gone: Promise<unknown>,
		ask: (attempt: Attempt, category: Category) => Promise<Status>,
	) {
		this.#settings = settings;
		this.#gone = gone;
		this.#ask = ask;
	}

	/** `derived`: the attempt as it must have been, where no record of it is left. Throws a DeviceError where the terminal can't be asked now. */
	async findOut(command: Command, derived: Attempt, evidence: Evidence | undefined): Promise<Outcome> {
		if (evidence === undefined && !("resumes" in command && command.resumes)) {
			return { status: "failed", fault: fault("COMMAND_NOT_STARTED") };
		}
		if (!isMoving(command)) return inDoubt("nexo does not say whether an end of day was done: look at the terminal");
		const attempt = Value.Check(Attempt, evidence) ? evidence : derived;
		const { poiId, pollMs, paymentMs } = this.#settings;
		if (attempt.poiId !== poiId) return inDoubt(`begun at another terminal, ${attempt.poiId}`);
		const until = performance.now() + paymentMs;
		for (;;) {
			const status = await this.#ask(attempt, categoryOf(command));
			if (status.verdict.result === "Success") return repeated(attempt, status, wholeOf(command));
			const { condition } = status.verdict;
			if (condition === "NotFound") return notFound(attempt, evidence !== undefined);
			// Every other one says that it can't be told now.
			if (condition !== "InProgress" || performance.now() > until) {
				throw new DeviceError("TERMINAL_BUSY", `not to be found out yet: ${condition ?? "Failure"}`);
			}
			await pause(pollMs, this.#gone);
		}
	}
}

/** The outer Success says only that the transaction was found: the inner response says what came of it. */
function repeated(attempt: Attempt, { repeated: found }: Status, whole: number | undefined): Outcome {
	if (!found) return inDoubt("the terminal found the payment and does not say what came of it");
	const { ServiceID, SaleID, POIID } = found.header;
	if (ServiceID !== attempt.serviceId || SaleID !== attempt.saleId || POIID !== attempt.poiId) {
		return inDoubt("the terminal recalls another payment");
	}
	return outcomeOf(found.transaction, whole);
}

function notFound(attempt: Attempt, isKept: boolean): Outcome {
	const age = Date.now() - Date.parse(attempt.at);
	if (isKept && age < REMEMBERED_MS) {
		return { status: "failed", fault: fault("PAYMENT_FAILED", "the terminal never got it (NotFound)") };
	}
	return inDoubt("the terminal no longer knows of it (NotFound)");
}
