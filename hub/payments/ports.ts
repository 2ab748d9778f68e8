import type { Booking } from "@kassahub/contracts/booking.ts";
import type { Command } from "@kassahub/contracts/command.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { Logger } from "pino";
import type { Alerts } from "../alerts.ts";
import type { Outcome, Submission } from "../books/submission.ts";
import type { Clock } from "../clock.ts";
import type { TerminalPayments } from "../shop/payments.ts";

/** What payments need of the rest of the hub. */
export type Ports = {
	books: {
		submit(submission: Submission): Promise<Outcome>;
		payment(id: string): Promise<{ request: JournalEntry; outcome?: JournalEntry } | undefined>;
		terminals(): Promise<Map<string, TerminalPayments>>;
	};
	devices: {
		/** Whether devices.yaml names it. */
		isConfigured(name: string): boolean;
		get(name: string): DeviceState | undefined;
		command(device: string, command: Command): void;
	};
	/** Tells a register what came of a payment. */
	tell(register: string, booking: Booking): void;
	/** Prints the customer's receipt of the terminal for a register. */
	print(register: string, lines: readonly string[]): void;
	alerts: Pick<Alerts, "raise" | "clear">;
	clock: Clock;
	/** Milliseconds that only go forward: wall time may jump (invariant 10). */
	elapsedMs(): number;
	/** Waits before the journal is tried again. */
	pause(): Promise<void>;
	log: Logger;
};
