import { Box } from "@kassahub/contracts/box.ts";
import { answers } from "../answers.ts";
import type { App, Parts } from "../parts.ts";

export function boxRoutes(app: App, { box }: Parts): void {
	app.get(
		"/box",
		{
			schema: {
				tags: ["health"],
				summary: "The machine itself: load, heat, memory, disk, clock, and the programs of the hub",
				response: answers({ 200: Box }),
			},
		},
		async () => box.view,
	);
}
