import { CashMovement, cashMovement } from "@kassahub/contracts/cash-movement.ts";
import { Drawer } from "@kassahub/contracts/drawer.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { Type } from "typebox";
import { answers, bookingAnswers } from "../answers.ts";
import { bookEvent } from "../events.ts";
import type { App, Parts } from "../parts.ts";

const tags = ["cash"];

export function cashRoutes(app: App, { books }: Parts): void {
	app.post(
		"/cash",
		{
			schema: {
				tags,
				summary: "Book a float, pay-in, pay-out, count or day close",
				body: CashMovement,
				response: bookingAnswers,
			},
		},
		(request, reply) =>
			bookEvent(books, request, reply, { kind: "cash", topic: (register) => topicOf(cashMovement, { register }) }),
	);

	app.get(
		"/drawers",
		{ schema: { tags, summary: "What each cash drawer should hold", response: answers({ 200: Type.Array(Drawer) }) } },
		() => books.drawers(),
	);
}
