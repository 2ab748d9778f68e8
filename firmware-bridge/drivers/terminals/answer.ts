import type {
	PaymentCard,
	TerminalAnswer,
	TerminalReceipt,
	TerminalReference,
} from "@kassahub/contracts/terminal-answer.ts";
import { starCardNumbers } from "./card-numbers.ts";

/** The contract's bounds (contracts/terminal-answer.ts): what a terminal sends beyond them is cut, or goes on a new line. */
const WORD_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 120;
const LINE_LENGTH_MAX = 64;
const LINES_MAX = 120;
const RECEIPTS_MAX = 4;

type Words<T> = { [K in keyof T]?: T[K] | undefined };

/** What a terminal said of a transaction, as its protocol's codec gives it. */
export type Facts = {
	card?: Words<PaymentCard>;
	reference?: Words<TerminalReference>;
	receipts?: readonly TerminalReceipt[];
	reason?: string | undefined;
};

/** `amount`: cents that really moved. */
export function answerOf(status: TerminalAnswer["status"], amount: number, facts: Facts = {}): TerminalAnswer {
	const card = wordsOf(facts.card);
	const reference = wordsOf(facts.reference);
	const receipts = (facts.receipts ?? []).slice(0, RECEIPTS_MAX);
	const reason = facts.reason?.trim().slice(0, REASON_LENGTH_MAX);
	return {
		status,
		amount: status === "approved" ? amount : 0,
		...(card ? { card } : {}),
		...(reference ? { reference } : {}),
		...(receipts.length > 0 ? { receipts } : {}),
		...(reason ? { reason } : {}),
	};
}

/** A receipt as it may be kept and printed: no card number whole, and every line within the contract's bounds. */
export function receiptOf(reader: TerminalReceipt["for"], lines: readonly string[]): TerminalReceipt {
	const cut = lines.flatMap((line) => {
		const text = starCardNumbers(line.trimEnd());
		return text === "" ? [""] : (text.match(new RegExp(`.{1,${LINE_LENGTH_MAX}}`, "gsu")) ?? []);
	});
	return { for: reader, lines: cut.slice(0, LINES_MAX) };
}

function wordsOf<T extends object>(words: Words<T> | undefined): T | undefined {
	const kept = Object.entries(words ?? {}).flatMap(([name, word]) => {
		const text = typeof word === "string" ? word.trim().slice(0, WORD_LENGTH_MAX) : "";
		return text === "" ? [] : [[name, text]];
	});
	return kept.length > 0 ? (Object.fromEntries(kept) as T) : undefined;
}
