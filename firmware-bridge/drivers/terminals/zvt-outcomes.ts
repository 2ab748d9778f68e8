import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import type { TerminalReceipt } from "@kassahub/contracts/terminal-answer.ts";
import { fault } from "../../fault.ts";
import type { Outcome } from "../driver.ts";
import { answerOf } from "./answer.ts";
import { reasonOf, resultOf } from "./zvt-results.ts";
import type { StatusInformation } from "./zvt-status-information.ts";
import { faultCodeOf, isOfTheTerminal, wordsOf } from "./zvt-terminal-status.ts";

/** Cents that moved, and everything a receipt, a reversal or a call to the acquirer needs. */
export function approved(information: StatusInformation, cents: number, receipts: readonly TerminalReceipt[]): Outcome {
	const { card, terminalId, receiptNumber, trace, authorisation, transactionId, date, time } = information;
	const at = date && time && `${date.slice(0, 2)}-${date.slice(2)} ${time.replace(/^(..)(..)(..)$/, "$1:$2:$3")}`;
	const reference = { terminalId, receiptNumber, trace, authorisation, transactionId, at };
	return {
		status: "done",
		payment: answerOf("approved", information.amount ?? cents, { card, reference, receipts }),
	};
}

/** Nothing moved, and this is why. */
export function notDone(code: number, words?: string, receipts: readonly TerminalReceipt[] = []): Outcome {
	return {
		status: "done",
		payment: answerOf(resultOf(code).status, 0, { receipts, reason: reasonOf(code, words) }),
	};
}

/** Nothing was begun: the terminal refused at once. */
export function refused(code: number, otherwise: ErrorCode = "PAYMENT_FAILED"): Outcome {
	if (isOfTheTerminal(code)) return notReady(code);
	const reason = reasonOf(code);
	return {
		status: "failed",
		fault: fault(otherwise, reason),
		payment: answerOf(resultOf(code).status, 0, { reason }),
	};
}

/** Nothing was asked or begun: the terminal's own status comes first. */
export const notReady = (status: number): Outcome => ({
	status: "failed",
	fault: fault(faultCodeOf(status), wordsOf(status)),
});

export const notStored = (why: string): Outcome => ({
	status: "done",
	payment: answerOf("failed", 0, { reason: why }),
});
