import { Turnover } from "@kassahub/contracts/turnover.ts";
import { Type } from "typebox";
import { answers } from "../answers.ts";
import type { App, Parts } from "../parts.ts";

export function turnoverRoutes(app: App, { books, clock }: Parts): void {
	app.get(
		"/turnover",
		{
			schema: {
				tags: ["turnover"],
				summary: "Turnover of a day, by VAT rate, product group and payment method",
				querystring: Type.Object({
					day: Type.Optional(
						Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "Local date; absent: today" }),
					),
				}),
				response: answers({ 200: Turnover }),
			},
		},
		(request) => books.turnover(request.query.day ?? clock.now().at.slice(0, 10)),
	);
}
