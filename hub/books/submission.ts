import type { Booking } from "@kassahub/contracts/booking.ts";
import type { EntryKind } from "@kassahub/contracts/journal-entry.ts";
import type { Rejection } from "@kassahub/contracts/rejection.ts";

/** An event on its way into the books, as it came off the wire. */
export type Submission = {
	kind: EntryKind;
	/** Who sent it: `register:kassa-1`, `technician:console`, `hub`. */
	source: string;
	/** The sender's own name where it is a register: it may only speak for itself. */
	register: string | null;
	topic: string;
	payload: Uint8Array;
};

/** Either way it is durable: booked in the journal, or kept in quarantine. */
export type Outcome = { status: "booked"; booking: Booking } | { status: "rejected"; rejection: Rejection };
