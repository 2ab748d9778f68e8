import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import type { TerminalAnswer, TerminalReceipt } from "@kassahub/contracts/terminal-answer.ts";
import { fault } from "../../fault.ts";
import type { Outcome } from "../driver.ts";
import { answerOf } from "./answer.ts";
import type { OverallResult, Response } from "./opi-codec.ts";

type Meaning = { status: TerminalAnswer["status"] } | { refused: ErrorCode };

/**
 * What a result makes of a transaction (sheet A2). All but the first two say that its main operation failed, so that no
 * money moved. PartialFailure: paid, and something beside it failed, such as a print.
 */
const meanings: Readonly<Record<OverallResult, Meaning>> = {
	Success: { status: "approved" },
	PartialFailure: { status: "approved" },
	Failure: { status: "declined" },
	UnknownCard: { status: "declined" },
	Aborted: { status: "cancelled" },
	TimedOut: { status: "failed" },
	CommunicationError: { status: "failed" },
	Busy: { refused: "TERMINAL_BUSY" },
	Loggedout: { refused: "PAYMENT_FAILED" },
	DeviceUnavailable: { refused: "TERMINAL_DEFECT" },
	FormatError: { refused: "PAYMENT_FAILED" },
	ParsingError: { refused: "PAYMENT_FAILED" },
	ValidationError: { refused: "PAYMENT_FAILED" },
	MissingMandatoryData: { refused: "PAYMENT_FAILED" },
};

export type Aside = {
	receipts: readonly TerminalReceipt[];
	/** What the terminal wanted a person to answer. */
	unanswered: string | undefined;
};

/** `asked`: cents, of which a terminal may approve less. */
export function outcomeOf(response: Response, asked: number, aside: Aside): Outcome {
	const { result, transaction } = response;
	const meaning = meanings[result];
	if ("refused" in meaning) return { status: "failed", fault: fault(meaning.refused, wordsOf(response, aside)) };
	// A response without an amount answers the amount of the request that it names.
	const amount = transaction.amount ?? asked;
	const { brand, pan, entry, terminalId, receiptNumber, stan, approvalCode, at } = transaction;
	return {
		status: "done",
		payment: answerOf(meaning.status, amount, {
			card: { brand, pan, entry },
			reference: { terminalId, receiptNumber, trace: stan, authorisation: approvalCode, at },
			receipts: aside.receipts,
			reason: wordsOf(response, aside),
		}),
	};
}

function wordsOf({ result, transaction }: Response, { unanswered }: Aside): string | undefined {
	const words = [
		result === "PartialFailure" && "PartialFailure: paid, but check the terminal's receipt",
		!["Success", "PartialFailure", "Failure"].includes(result) && result,
		transaction.reason,
		unanswered !== undefined && `the terminal wanted an answer from ${unanswered}, such as of a signature`,
	].filter((word) => typeof word === "string");
	return words.length > 0 ? words.join("; ") : undefined;
}
