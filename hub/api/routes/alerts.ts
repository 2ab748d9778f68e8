import { Alert } from "@kassahub/contracts/alert.ts";
import { EventId } from "@kassahub/contracts/fields.ts";
import { Type } from "typebox";
import { answers } from "../answers.ts";
import { callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["health"];

export function alertRoutes(app: App, { alerts, audit }: Parts): void {
	app.get(
		"/alerts",
		{
			schema: {
				tags,
				summary: "What wants attention; with state=all also what was cleared in the last day, the newest first",
				querystring: Type.Object({ state: Type.Enum(["raised", "all"], { default: "raised" }) }),
				response: answers({ 200: Type.Array(Alert) }),
			},
		},
		async (request) => [...alerts.list(), ...(request.query.state === "all" ? alerts.cleared() : [])],
	);

	app.post(
		"/alerts/:id/acknowledge",
		{
			schema: {
				tags,
				summary: "Say that you have seen an alert and see to it",
				description: "The first who says so is kept. It stays raised until its cause is gone.",
				params: Type.Object({ id: EventId }),
				response: answers({ 200: Alert }),
			},
		},
		async (request) => {
			const who = sourceOf(callerOf(request));
			const seen = alerts.acknowledge(request.params.id, who);
			if (!seen) throw new Problem(404, "NOT_FOUND", "No such alert stands: it was cleared, or the hub was restarted");
			const { code, subject } = seen.alert;
			if (seen.isFirst) audit.note(who, "alert-acknowledged", { about: code, detail: subject });
			return seen.alert;
		},
	);
}
