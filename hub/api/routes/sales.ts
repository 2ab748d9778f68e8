import { BookedSale } from "@kassahub/contracts/booked-sale.ts";
import { ClientName, EventId } from "@kassahub/contracts/fields.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { Sale, sale } from "@kassahub/contracts/sale.ts";
import { Type } from "typebox";
import { answers, bookingAnswers } from "../answers.ts";
import { callerOf } from "../caller.ts";
import { bookEvent } from "../events.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["sales"];

export function salesRoutes(app: App, { books }: Parts): void {
	app.post(
		"/sales",
		{
			schema: {
				tags,
				summary: "Book a sale or refund",
				description:
					"The same journal as MQTT, the same idempotency: an id books once, and is answered with its first booking ever after. A technician may send a sale in a register's name.",
				body: Sale,
				response: bookingAnswers,
			},
		},
		async (request, reply) => {
			const booking = await bookEvent(books, request, reply, {
				kind: "sale",
				topic: (register) => topicOf(sale, { register }),
			});
			reply.header("location", `/api/v1/sales/${booking.id}`);
			return booking;
		},
	);

	app.get(
		"/sales/:id",
		{
			schema: {
				tags,
				summary: "A sale as the books have it",
				params: Type.Object({ id: EventId }),
				response: answers({ 200: BookedSale }),
			},
		},
		async (request) => {
			const { id } = request.params;
			const entry = await books.entry(id);
			if (entry?.kind !== "sale") throw new Problem(404, "NOT_FOUND", `No sale ${id} is booked`);
			const booked = bookedSale(entry);
			const { kind, name } = callerOf(request);
			if (kind === "register" && booked.sale.register !== name) {
				throw new Problem(403, "NOT_ALLOWED", `Sale ${id} is another register's`);
			}
			return booked;
		},
	);

	app.get(
		"/sales",
		{
			schema: {
				tags,
				summary: "The latest sales, newest first",
				description: "A register sees its own.",
				querystring: Type.Object({
					register: Type.Optional(ClientName),
					limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
				}),
				response: answers({ 200: Type.Array(BookedSale) }),
			},
		},
		async (request) => {
			const { kind, name } = callerOf(request);
			const { register = kind === "register" ? name : undefined, limit } = request.query;
			if (kind === "register" && register !== name) {
				throw new Problem(403, "NOT_ALLOWED", `${name} may only see its own sales`);
			}
			const entries = await books.recentSales({ limit, ...(register ? { register } : {}) });
			return entries.map(bookedSale);
		},
	);
}

const bookedSale = ({ payload, ...entry }: JournalEntry): BookedSale => ({ ...entry, sale: payload as Sale });
