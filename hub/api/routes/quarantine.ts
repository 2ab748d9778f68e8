import { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import { Type } from "typebox";
import { answers, bookingAnswers } from "../answers.ts";
import { callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem, problemOf } from "../problem.ts";

const tags = ["quarantine"];

export function quarantineRoutes(app: App, { audit, books }: Parts): void {
	app.get(
		"/quarantine",
		{
			schema: {
				tags,
				summary: "What could not be booked, with its reasons",
				response: answers({ 200: Type.Array(QuarantineItem) }),
			},
		},
		() => books.quarantine(),
	);

	app.post(
		"/quarantine/:number/replay",
		{
			schema: {
				tags,
				summary: "Book a message after all, as it is or repaired",
				params: Type.Object({ number: Type.Integer({ minimum: 1 }) }),
				body: Type.Object(
					{ payload: Type.Optional(Type.Unknown({ description: "The repaired message; absent: as it came" })) },
					{ additionalProperties: false },
				),
				response: bookingAnswers,
			},
		},
		async (request, reply) => {
			const { number } = request.params;
			const { payload } = request.body;
			const outcome = await books.replay(
				number,
				payload === undefined ? undefined : new TextEncoder().encode(JSON.stringify(payload)),
			);
			if (!outcome) throw new Problem(404, "NOT_FOUND", `There is no number ${number} in quarantine`);
			if (outcome.status === "rejected") throw problemOf(outcome.rejection);
			audit.note(sourceOf(callerOf(request)), "quarantine-replayed", { about: String(number) });
			reply.code(outcome.booking.duplicate ? 200 : 201);
			return outcome.booking;
		},
	);
}
