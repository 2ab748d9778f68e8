import { formatAmount } from "@kassahub/contracts/money.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { Asked } from "../shop/payments.ts";
import type { Ports } from "./ports.ts";
import type { Word } from "./word.ts";

/** What of a terminal's payments a person has to look at. */
export class Attention {
	readonly #alerts: Ports["alerts"];
	readonly #subject: string;

	constructor(terminal: string, alerts: Ports["alerts"]) {
		this.#alerts = alerts;
		this.#subject = `payments:${terminal}`;
	}

	unknown({ id, register, type, amount }: Asked): void {
		const detail = `${register} · ${type} · ${formatAmount(amount)} · ${id}`;
		this.#alerts.raise("PAYMENT_UNKNOWN", this.#subject, "critical", detail);
	}

	noneUnknown(): void {
		this.#alerts.clear(this.#subject, "PAYMENT_UNKNOWN");
	}

	contradicted({ register, amount, payment }: PaymentOutcome, word: Word): void {
		const detail = `${register} · ${formatAmount(amount)} → ${formatAmount(word.amount)} · ${payment}`;
		this.#alerts.raise("PAYMENT_CONTRADICTED", this.#subject, "critical", detail);
	}

	stray(payment: string, amount: number): void {
		this.#alerts.raise("PAYMENT_STRAY", this.#subject, "critical", `${formatAmount(amount)} · ${payment}`);
	}

	/** An end of day: counts differ by what a terminal calls a transaction, the money may not. */
	totals({ terminal, journal }: NonNullable<PaymentOutcome["totals"]>): void {
		this.#alerts.clear(this.#subject, "TERMINAL_TOTALS_DIFFER");
		if (terminal.amount === journal.amount) return;
		const detail = `${formatAmount(terminal.amount)} ≠ ${formatAmount(journal.amount)}`;
		this.#alerts.raise("TERMINAL_TOTALS_DIFFER", this.#subject, "warning", detail);
	}
}
