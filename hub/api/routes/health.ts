import { Health } from "@kassahub/contracts/health.ts";
import { answers } from "../answers.ts";
import type { App, Parts } from "../parts.ts";

export function healthRoutes(app: App, { books, alerts, clock }: Parts, version: string): void {
	const startedAt = clock.now().at;
	app.get(
		"/health",
		{ schema: { tags: ["health"], summary: "How the hub is", response: answers({ 200: Health }) } },
		async (): Promise<Health> => {
			const raised = alerts.list();
			const quarantine = await books.quarantine();
			return {
				status: raised.length > 0 ? "attention" : "ok",
				box: books.box,
				version,
				node: process.versions.node,
				startedAt,
				journal: books.head(),
				quarantine: quarantine.filter(({ resolvedAt }) => resolvedAt === null).length,
				alerts: raised,
			};
		},
	);
}

/** For whatever keeps the hub running: it answers, and says no more than that. */
export function livenessRoute(app: App): void {
	app.get("/healthz", { schema: { hide: true } }, async () => ({ status: "ok" }));
}
