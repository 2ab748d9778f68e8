import { BookedPayment } from "@kassahub/contracts/booked-payment.ts";
import { ClientName, EventId } from "@kassahub/contracts/fields.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { PaymentRequest, paymentRequest } from "@kassahub/contracts/payment-request.ts";
import { Type } from "typebox";
import type { TerminalPayments } from "../../shop/payments.ts";
import { answers, bookingAnswers } from "../answers.ts";
import { callerOf } from "../caller.ts";
import { bookEvent } from "../events.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["payments"];

export function paymentRoutes(app: App, { books }: Parts): void {
	app.post(
		"/payments",
		{
			schema: {
				tags,
				summary:
					"Ask something of a pin terminal: pay, refund, reverse, cancel, end of day; or settle an unknown payment",
				description:
					"The same journal as MQTT, the same idempotency: an id is asked of the terminal once. Answered when the request is on disk; what came of it comes on the register's `bookings`, and is in GET /payments/{id}. A technician may ask in a register's name.",
				body: PaymentRequest,
				response: bookingAnswers,
			},
		},
		async (request, reply) => {
			const booking = await bookEvent(books, request, reply, {
				kind: "payment",
				topic: (register) => topicOf(paymentRequest, { register }),
			});
			reply.header("location", `/api/v1/payments/${booking.id}`);
			return booking;
		},
	);

	app.get(
		"/payments/:id",
		{
			schema: {
				tags,
				summary: "A payment as the books have it: the request, and what came of it",
				params: Type.Object({ id: EventId }),
				response: answers({ 200: BookedPayment }),
			},
		},
		async (request) => {
			const { id } = request.params;
			const known = await books.payment(id);
			if (known === undefined) throw new Problem(404, "NOT_FOUND", `No payment ${id} is booked`);
			const payment = bookedPayment(known);
			const { kind, name } = callerOf(request);
			if (kind === "register" && payment.request.register !== name) {
				throw new Problem(403, "NOT_ALLOWED", `Payment ${id} is another register's`);
			}
			return payment;
		},
	);

	app.get(
		"/payments",
		{
			schema: {
				tags,
				summary: "Payments that are open or unknown, oldest first",
				description: "Of every register: whoever stands at a blocked terminal has to know which payment to settle.",
				querystring: Type.Object({ terminal: Type.Optional(ClientName) }),
				response: answers({ 200: Type.Array(BookedPayment) }),
			},
		},
		async (request) => {
			const { terminal } = request.query;
			const terminals = [...(await books.terminals())].filter(([name]) => terminal === undefined || name === terminal);
			const known = await Promise.all(
				idsInDoubt(terminals.map(([, payments]) => payments)).map((id) => books.payment(id)),
			);
			return known.flatMap((one) => (one ? bookedPayment(one) : []));
		},
	);
}

const idsInDoubt = (terminals: readonly TerminalPayments[]): string[] =>
	terminals
		.flatMap(({ open, unknown }) => [...open.values(), ...unknown.values()])
		.sort((a, b) => a.number - b.number)
		.map(({ id }) => id);

function bookedPayment({ request, outcome }: { request: JournalEntry; outcome?: JournalEntry }): BookedPayment {
	const { payload, ...entry } = request;
	const asked = payload as PaymentRequest;
	if (asked.type === "cancel" || asked.type === "settle") return { ...entry, request: asked, state: "noted" };
	const came = outcome?.payload as PaymentOutcome | undefined;
	return { ...entry, request: asked, state: came?.status ?? "open", ...(came ? { outcome: came } : {}) };
}
