import type { Command } from "@kassahub/contracts/command.ts";
import type { TerminalReference } from "@kassahub/contracts/terminal-answer.ts";
import { uuidv7 } from "uuidv7";
import type { Clock } from "../clock.ts";
import type { Asked } from "../shop/payments.ts";

/** A customer does not stand at the counter for longer: what waited so long on its way is never started. */
export const START_WITHIN_MS = 45_000;
const CANCEL_WITHIN_MS = 10_000;

/** What a reversal undoes: the amount and the terminal's own names for it. */
export type Original = { amount: number; reference: TerminalReference };

/** The command that a request comes down to, as it is asked the first time (until `expiresAt`) or ever again. */
export function commandFor(
	asked: Asked,
	original: Original | undefined,
	{ at, ...when }: { at: string; expiresAt: string } | { at: string; resumes: true },
): Command {
	const base = { id: asked.id, at, ...when };
	switch (asked.type) {
		case "pay":
		case "refund":
			return { ...base, action: asked.type, amount: asked.amount };
		case "reverse":
			if (original === undefined) throw new Error(`reversal ${asked.id} has nothing to reverse`);
			return { ...base, action: "reverse", original };
		case "end-of-day":
			return { ...base, action: "end-of-day" };
	}
}

export const cancelCommand = (payment: string, clock: Clock): Command => ({
	id: uuidv7(),
	at: clock.now().at,
	expiresAt: expiryOf(clock, CANCEL_WITHIN_MS),
	action: "cancel",
	payment,
});

export const expiryOf = (clock: Clock, withinMs: number): string => new Date(clock.epochMs() + withinMs).toISOString();
