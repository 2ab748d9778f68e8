import { ShelfState } from "@kassahub/contracts/shelf-state.ts";
import { Type } from "typebox";
import { answers } from "../answers.ts";
import type { App, Parts } from "../parts.ts";

export function shelfRoutes(app: App, { shelves }: Parts): void {
	app.get(
		"/shelves",
		{
			schema: {
				tags: ["stock"],
				summary: "Every shelf with a sensor: what lies on it, and whether that is what the books say",
				response: answers({ 200: Type.Array(ShelfState) }),
			},
		},
		async () => shelves.list(),
	);
}
