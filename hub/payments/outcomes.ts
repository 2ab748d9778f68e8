import type { Booking } from "@kassahub/contracts/booking.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Submission } from "../books/submission.ts";
import { JournalError } from "../journal/journal-error.ts";
import { outcomeId } from "../journal/outcome-id.ts";
import { type Asked, noPayments, type TerminalPayments } from "../shop/payments.ts";
import type { Ports } from "./ports.ts";
import { outcomeOf, type Word } from "./word.ts";

/** A payment as the books have it. */
export type KnownPayment = { request: PaymentRequest; number: number; outcome?: PaymentOutcome };

type Booked = { outcome: PaymentOutcome; booking: Booking };

/**
 * What came of payments, in the books first and told afterwards: nobody hears of an outcome that is not durable. What
 * is asked of the books is done once the journal can, however long that takes.
 */
export class Outcomes {
	readonly #ports: Pick<Ports, "books" | "tell" | "print" | "clock" | "pause" | "log">;
	#isClosed = false;

	constructor(ports: Pick<Ports, "books" | "tell" | "print" | "clock" | "pause" | "log">) {
		this.#ports = ports;
	}

	/**
	 * Books what came of a request as its outcome number `place`, and tells its register and, where another one settled
	 * it, that one. Returns what is booked there: where the place was taken, that is what came of it before.
	 */
	async conclude(terminal: string, asked: Asked, word: Word, place: number, settler?: string): Promise<PaymentOutcome> {
		const { clock, log, tell, print } = this.#ports;
		const journalTotals = word.totals && (await this.terminal(terminal)).totals;
		const where = { id: outcomeId(asked.id, place), terminal, at: clock.now().at, journalTotals };
		const { outcome, booking } = await this.#book(outcomeOf(asked, word, where));
		const { type, status, amount, by, fault, register, receipts = [] } = outcome;
		log.info({ terminal, payment: asked.id, type, status, amount, by, code: fault?.code }, "what came of a payment");
		for (const name of new Set([register, settler ?? register])) tell(name, bookingOf(outcome, booking));
		if (!booking.duplicate) {
			for (const receipt of receipts) if (receipt.for === "customer") print(register, receipt.lines);
		}
		return outcome;
	}

	/** Tells a register once more what came of a payment; false where nothing did yet. */
	async tellAgain(payment: string, register: string): Promise<boolean> {
		const known = await this.#durably(() => this.#ports.books.payment(payment));
		if (known?.outcome === undefined) return false;
		const { payload, number, hash, at, clock } = known.outcome;
		const booking = { number, hash, at, clock, duplicate: true };
		this.#ports.tell(register, bookingOf(payload as PaymentOutcome, booking));
		return true;
	}

	async payment(id: string): Promise<KnownPayment | undefined> {
		const known = await this.#durably(() => this.#ports.books.payment(id));
		if (known === undefined) return undefined;
		const { request, outcome } = known;
		const asked = { request: request.payload as PaymentRequest, number: request.number };
		return outcome === undefined ? asked : { ...asked, outcome: outcome.payload as PaymentOutcome };
	}

	/** Of every terminal that something is known of, by its name. */
	terminals(): Promise<Map<string, TerminalPayments>> {
		return this.#durably(() => this.#ports.books.terminals());
	}

	async terminal(name: string): Promise<TerminalPayments> {
		return (await this.terminals()).get(name) ?? noPayments();
	}

	/** Lets what waits for the journal go: after a restart the terminal is asked again. */
	close(): void {
		this.#isClosed = true;
	}

	async #book(outcome: PaymentOutcome): Promise<Booked> {
		// A driver's odd receipt must not keep the money itself out of the books.
		const booking = (await this.#submit(outcome)) ?? (await this.#submit(bare(outcome)));
		if (booking === undefined) throw new Error(`the outcome of payment ${outcome.payment} was refused by intake`);
		if (!booking.duplicate) return { outcome, booking };
		const first = (await this.payment(outcome.payment))?.outcome;
		if (first === undefined) throw new Error(`the outcome of payment ${outcome.payment} is booked and not there`);
		return { outcome: first, booking };
	}

	async #submit(outcome: PaymentOutcome): Promise<Booking | undefined> {
		const submitted = await this.#durably(() => this.#ports.books.submit(submissionOf(outcome)));
		if (submitted.status === "booked") return submitted.booking;
		const { quarantine, reasons } = submitted.rejection;
		this.#ports.log.error({ payment: outcome.payment, quarantine, reasons }, "an outcome was refused by intake");
		return undefined;
	}

	async #durably<T>(work: () => Promise<T>): Promise<T> {
		for (;;) {
			try {
				return await work();
			} catch (error) {
				if (this.#isClosed || !(error instanceof JournalError)) throw error;
				await this.#ports.pause();
			}
		}
	}
}

/** The answer to the request: by its id, with the place of the outcome in the journal. */
const bookingOf = (
	outcome: PaymentOutcome,
	{ number, hash, at, clock, duplicate }: Omit<Booking, "id" | "kind" | "flags">,
): Booking => ({ id: outcome.payment, kind: "outcome", number, hash, at, clock, duplicate, flags: [], outcome });

function bare({ card, reference, receipts, totals, ...outcome }: PaymentOutcome): PaymentOutcome {
	return outcome;
}

const submissionOf = (outcome: PaymentOutcome): Submission => ({
	kind: "outcome",
	source: "hub",
	register: null,
	topic: "outcome",
	payload: new TextEncoder().encode(JSON.stringify(outcome)),
});
