import { AuditEntry } from "@kassahub/contracts/audit.ts";
import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import { epochAfter } from "@kassahub/contracts/epoch.ts";
import { hashEntry, JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import { Product } from "@kassahub/contracts/product.ts";
import { Sale } from "@kassahub/contracts/sale.ts";
import { StockMovement } from "@kassahub/contracts/stock-movement.ts";
import { Compile } from "typebox/compile";

export type Head = { number: number; hash: string };

type Header = Omit<JournalEntry, "payload" | "kind">;

/** An entry whose place in the chain and whose payload were checked; `canonical` is the payload's text. */
export type Entry = Header & { canonical: string } & (
		| { kind: "sale"; payload: Sale }
		| { kind: "cash"; payload: CashMovement }
		| { kind: "stock"; payload: StockMovement }
		| { kind: "product"; payload: Product }
		| { kind: "payment"; payload: PaymentRequest }
		| { kind: "outcome"; payload: PaymentOutcome }
		| { kind: "audit"; payload: AuditEntry }
	);

export type Refusal = {
	code: "CHAIN_BROKEN" | "CHAIN_FORKED" | "BATCH_INVALID";
	number: number;
	detail: string;
};

/** What of a batch follows the head, and why the rest, if any, does not. */
export type Verdict = { entries: Entry[]; refusal?: Refusal };

const entryValidator = Compile(JournalEntry);
const payloadValidators = {
	sale: Compile(Sale),
	cash: Compile(CashMovement),
	stock: Compile(StockMovement),
	product: Compile(Product),
	payment: Compile(PaymentRequest),
	outcome: Compile(PaymentOutcome),
	audit: Compile(AuditEntry),
};

/** `source` goes into the hash between quotes as it is: a character that JSON escapes would make two texts of one value. */
const SOURCE = /^[^"\\\p{Cc}]{1,80}$/u;

/**
 * Checks rows against what the books hold. `lines` are the rows from number `first` on; `hashOf` gives the hash the
 * books hold under a number up to the head. Rows the books hold already must be the same; each row after them must
 * follow from the one before it, by number and by hash; the first of a new epoch skips numbers and follows by its hash
 * from any row the books hold. Nothing in a row is believed: the payload is parsed, written canonically and hashed anew.
 */
export function verifyChain(
	box: string,
	first: number,
	lines: readonly string[],
	head: Head,
	hashOf: (number: number) => string | undefined,
): Verdict {
	const entries: Entry[] = [];
	let previous = head;
	for (const [index, line] of lines.entries()) {
		const number = first + index;
		const refuse = (code: Refusal["code"], detail: string): Verdict => ({ entries, refusal: { code, number, detail } });
		const entry = parseEntry(line);
		if (typeof entry === "string") return refuse("BATCH_INVALID", entry);
		if (entry.number !== number) return refuse("BATCH_INVALID", `row ${number} says that it is ${entry.number}`);
		if (number <= head.number) {
			if (entry.hash !== hashOf(number)) return refuse("CHAIN_FORKED", `the books hold another row ${number}`);
			continue;
		}
		if (index === 0 && number > head.number + 1) {
			// A restored box goes on from the row its backup ended with, whatever the books hold after that one.
			const after = epochAfter(entry.kind, entry.payload);
			if (after === undefined || hashOf(after) !== entry.previousHash) {
				return refuse("CHAIN_FORKED", `row ${number} opens an epoch that follows from no row the books hold`);
			}
			previous = { number: after, hash: entry.previousHash };
		}
		if (entry.previousHash !== previous.hash) {
			// The first new row follows from another past than the one we hold; a later one is out of its own batch's order.
			const code = previous === head && head.number > 0 ? "CHAIN_FORKED" : "CHAIN_BROKEN";
			return refuse(code, `row ${number} does not follow from row ${previous.number} that the books hold`);
		}
		if (hashEntry(box, entry, entry.canonical, previous.hash) !== entry.hash) {
			return refuse("CHAIN_BROKEN", `row ${number} was changed: its content has another hash`);
		}
		entries.push(entry);
		previous = { number, hash: entry.hash };
	}
	return { entries };
}

/** The number after which a row says that it opens a new epoch, where it does. */
export function epochOf(line: string | undefined): number | undefined {
	const entry = parseEntry(line ?? "");
	return typeof entry === "string" ? undefined : epochAfter(entry.kind, entry.payload);
}

/** One row, typed; or the words why it cannot be read. */
function parseEntry(line: string): Entry | string {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		return "a row is not JSON";
	}
	if (!entryValidator.Check(value)) return `a row does not match the contract: ${firstError(entryValidator, value)}`;
	if (!SOURCE.test(value.source)) return "a row's source holds characters it may not";
	const validator = payloadValidators[value.kind];
	if (!validator.Check(value.payload)) {
		return `a ${value.kind} does not match the contract: ${firstError(validator, value.payload)}`;
	}
	const { payload, ...header } = value;
	return { ...header, payload, canonical: canonicalJson(payload) } as Entry;
}

const firstError = (
	validator: { Errors(value: unknown): { instancePath: string; message: string }[] },
	value: unknown,
): string => {
	const [error] = validator.Errors(value);
	return `${error?.instancePath || "(whole)"} ${error?.message ?? ""}`;
};
