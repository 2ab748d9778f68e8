import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { Word } from "./word.ts";

/**
 * What a terminal's late word makes of an outcome that is in the books: undefined where it says the same or nothing;
 * "counts" where it is journaled over it, because the terminal knows whether money moved and a person or the hub may
 * have been wrong; "told" where the terminal contradicts itself, which only a person can judge.
 */
export function contradictionOf(outcome: PaymentOutcome, word: Word): "counts" | "told" | undefined {
	if (word.status === "unknown") return undefined;
	const isSame = (outcome.status === "approved") === (word.status === "approved") && outcome.amount === word.amount;
	if (isSame) return undefined;
	if (outcome.by === "person" || outcome.status !== "approved") return "counts";
	return "told";
}
