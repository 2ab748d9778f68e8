import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import type { TerminalAnswer } from "@kassahub/contracts/terminal-answer.ts";
import { fault } from "../../fault.ts";
import type { Outcome } from "../driver.ts";
import { answerOf } from "./answer.ts";
import type { Transaction } from "./nexo-responses.ts";

type Meaning = { status: Exclude<TerminalAnswer["status"], "approved"> } | { refused: ErrorCode };

/** ErrorConditions by which certainly no money moved (sheet B3); every other one leaves it in doubt. */
const meanings: Readonly<Record<string, Meaning>> = {
	Cancel: { status: "cancelled" },
	Aborted: { status: "cancelled" },
	Refusal: { status: "declined" },
	WrongPIN: { status: "declined" },
	InvalidCard: { status: "declined" },
	Busy: { refused: "TERMINAL_BUSY" },
	LoggedOut: { refused: "PAYMENT_FAILED" },
	NotAllowed: { refused: "PAYMENT_FAILED" },
	MessageFormat: { refused: "PAYMENT_FAILED" },
};

/**
 * The amount that was really approved, which is less where the result is Partial and more with a tip. A reversal is of the
 * `whole` payment, in cents, unless the terminal says otherwise.
 */
export function outcomeOf(transaction: Transaction, whole?: number): Outcome {
	const { verdict, amount = whole, reason, ...facts } = transaction;
	if (verdict.result !== "Failure") {
		if (amount === undefined) return inDoubt("approved, without an amount in euro");
		return { status: "done", payment: answerOf("approved", amount, { ...facts, reason }) };
	}
	const { condition = "" } = verdict;
	const meaning = meanings[condition];
	if (!meaning) return inDoubt(condition === "" ? "the terminal says Failure and not why" : condition);
	if ("refused" in meaning) return { status: "failed", fault: fault(meaning.refused, condition) };
	return { status: "done", payment: answerOf(meaning.status, 0, { ...facts, reason: condition }) };
}

export const inDoubt = (detail: string): Outcome => ({ status: "unknown", fault: fault("PAYMENT_UNKNOWN", detail) });
