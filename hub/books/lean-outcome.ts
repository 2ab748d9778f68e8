import type { Booking } from "@kassahub/contracts/booking.ts";
import type { Outcome } from "./submission.ts";

/** The plain case, which is nearly every sale: only what differs from the rest of its group. */
export type FreshBooking = { status: "fresh"; id: string; number: number; hash: string };
export type LeanOutcome = FreshBooking | Outcome;

/** A group of outcomes in the order of their submissions, all booked at one moment. */
export type Booked = { at: string; clock: Booking["clock"]; outcomes: LeanOutcome[] };

/** The whole outcome of a lean one. */
export function fullOutcome(lean: LeanOutcome, kind: Booking["kind"], at: string, clock: Booking["clock"]): Outcome {
	if (lean.status !== "fresh") return lean;
	const { id, number, hash } = lean;
	return { status: "booked", booking: { id, kind, number, hash, at, clock, duplicate: false, flags: [] } };
}
