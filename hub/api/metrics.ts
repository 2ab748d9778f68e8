import type { FastifyRequest } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { isLoopback } from "../loopback.ts";
import type { Account } from "../pairing/accounts.ts";
import { measureAlerts } from "./metrics/alerts.ts";
import { measureBox } from "./metrics/box.ts";
import { measureDevices } from "./metrics/devices.ts";
import type { App, Parts } from "./parts.ts";
import { Problem } from "./problem.ts";

/** Prometheus metrics at /metrics, for programs on the box itself and for technicians. */
export function serveMetrics(
	app: App,
	parts: Parts,
	readToken: (request: FastifyRequest) => Promise<Account | undefined>,
): void {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	measureShop(registry, parts);
	measureBox(registry, parts);
	measureDevices(registry, parts);
	measureAlerts(registry, parts);
	const duration = new Histogram({
		name: "kassahub_http_request_duration_seconds",
		help: "Time from the first byte of a request to the last of its answer",
		labelNames: ["method", "route", "status"],
		buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
		registers: [registry],
	});
	app.addHook("onResponse", async (request, reply) => {
		// The route as registered: a label for every id that was ever asked for would never end.
		const route = request.routeOptions.url ?? "none";
		duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
	});
	app.get("/metrics", { schema: { hide: true } }, async (request, reply) => {
		if (!isLoopback(request.ip)) admitToMetrics(await readToken(request));
		reply.type(registry.contentType);
		return registry.metrics();
	});
}

/** Throws Problem unless the account is a technician's. */
function admitToMetrics(account: Account | undefined): void {
	if (!account) throw new Problem(401, "TOKEN_INVALID", "Metrics are for this box itself, or for a technician's token");
	if (account.kind !== "technician") {
		throw new Problem(403, "NOT_ALLOWED", `${account.name} is a ${account.kind}; this is for a technician`);
	}
}

/** What the shop itself measures, read at the moment it is asked for. */
function measureShop(registry: Registry, { books, broker, relay }: Parts): void {
	const registers = [registry];
	const startNumber = books.head().number;
	new Gauge({
		name: "kassahub_journal_number",
		help: "The journal's last number",
		registers,
		collect() {
			this.set(books.head().number);
		},
	});
	new Counter({
		name: "kassahub_journal_appends_total",
		help: "Entries journaled since the hub started",
		registers,
		collect() {
			this.reset();
			this.inc(books.head().number - startNumber);
		},
	});
	new Gauge({
		name: "kassahub_quarantine_open",
		help: "Messages in quarantine that wait to be repaired",
		registers,
		async collect() {
			const items = await books.quarantine();
			this.set(items.filter(({ resolvedAt }) => resolvedAt === null).length);
		},
	});
	new Gauge({
		name: "kassahub_mqtt_clients",
		help: "Clients connected to the broker",
		registers,
		collect() {
			this.set(broker.clientCount);
		},
	});
	new Gauge({
		name: "kassahub_relay_backlog_rows",
		help: "Journal rows that the back office does not have yet",
		registers,
		collect() {
			const state = relay.state();
			this.reset();
			if (state) this.set(books.head().number - state.acknowledged);
		},
	});
}
