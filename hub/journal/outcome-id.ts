import { hash } from "node:crypto";

/** The first outcome; the one after an unknown; and the terminal's own, where it contradicts the person who settled it. */
export const OUTCOMES_MAX = 3;

/**
 * The id of a payment's outcome, the first being 1: made from the payment's own, so that the journal itself takes each
 * of them once (invariant 2), whoever decides it twice, and finds them without an index. A UUID of version 8 (RFC 9562 §5.8).
 */
export function outcomeId(payment: string, place: number): string {
	const digits = hash("sha256", `outcome ${place} of ${payment}`).slice(0, 32);
	const variant = "89ab"[Number.parseInt(digits[16] as string, 16) & 3];
	const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`];
	return [...parts, `${variant}${digits.slice(17, 20)}`, digits.slice(20)].join("-");
}
