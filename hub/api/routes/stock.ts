import { Sku } from "@kassahub/contracts/fields.ts";
import { StockLevel } from "@kassahub/contracts/stock-level.ts";
import { StockMovement, stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { Type } from "typebox";
import { answers, bookingAnswers } from "../answers.ts";
import { bookEvent } from "../events.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["stock"];

export function stockRoutes(app: App, { books }: Parts): void {
	app.post(
		"/stock/movements",
		{
			schema: {
				tags,
				summary: "Book goods received, counted, adjusted, moved or wasted",
				body: StockMovement,
				response: bookingAnswers,
			},
		},
		(request, reply) => bookEvent(books, request, reply, { kind: "stock", topic: () => stockMovement.topic }),
	);

	app.get(
		"/stock",
		{ schema: { tags, summary: "Every stock level", response: answers({ 200: Type.Array(StockLevel) }) } },
		() => books.stock(),
	);

	app.get(
		"/stock/:sku",
		{
			schema: {
				tags,
				summary: "The stock level of a product",
				params: Type.Object({ sku: Sku }),
				response: answers({ 200: StockLevel }),
			},
		},
		async (request) => {
			const level = await books.level(request.params.sku);
			if (!level) throw new Problem(404, "NOT_FOUND", `No stock is known of ${request.params.sku}`);
			return level;
		},
	);
}
