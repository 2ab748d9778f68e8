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

/** Whether the shop can be served: 503 with what is missing where it can't. For a start, a monitor or a load balancer. */
export function readinessRoute(app: App, { alerts, broker, devices }: Parts): void {
	app.get("/readyz", { schema: { hide: true } }, async (_request, reply) => {
		const checks = {
			books: alerts.list().every(({ subject }) => subject !== "journal"),
			broker: broker.isListening,
			bridge: devices.list().some((device) => device.class === "bridge" && device.state === "online"),
		};
		const isReady = Object.values(checks).every(Boolean);
		reply.code(isReady ? 200 : 503);
		return { status: isReady ? "ready" : "not ready", ...checks };
	});
}

/** For whatever keeps the hub running: it answers, and says no more than that. */
export function livenessRoute(app: App): void {
	app.get("/healthz", { schema: { hide: true } }, async () => ({ status: "ok" }));
}
