import { readFileSync } from "node:fs";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { asyncapi } from "@kassahub/contracts/asyncapi.ts";
import fastify, { LogController } from "fastify";
import { isLoopback } from "../loopback.ts";
import { API_PREFIX, guard, tokenReader } from "./access.ts";
import { takeBytes } from "./events.ts";
import { serveMetrics } from "./metrics.ts";
import { serveMqtt } from "./mqtt.ts";
import { openapiOptions } from "./openapi.ts";
import { servePages } from "./pages.ts";
import type { App, Parts } from "./parts.ts";
import { personReader, takeCookies } from "./person-session.ts";
import { guardPlainHttp } from "./plain-http.ts";
import { answerError, Problem } from "./problem.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { backupRoutes } from "./routes/backups.ts";
import { boxRoutes } from "./routes/box.ts";
import { bundleRoutes } from "./routes/bundle.ts";
import { cashRoutes } from "./routes/cash.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { configRoutes } from "./routes/config.ts";
import { deviceRoutes } from "./routes/devices.ts";
import { healthRoutes, livenessRoute, readinessRoute } from "./routes/health.ts";
import { journalRoutes } from "./routes/journal.ts";
import { logRoutes } from "./routes/logs.ts";
import { pairingRoutes } from "./routes/pairings.ts";
import { paymentRoutes } from "./routes/payments.ts";
import { peopleRoutes } from "./routes/people.ts";
import { quarantineRoutes } from "./routes/quarantine.ts";
import { salesRoutes } from "./routes/sales.ts";
import { sessionRoutes } from "./routes/session.ts";
import { setupRoutes } from "./routes/setup.ts";
import { shelfRoutes } from "./routes/shelves.ts";
import { shopRoutes } from "./routes/shop.ts";
import { stockRoutes } from "./routes/stock.ts";
import { turnoverRoutes } from "./routes/turnover.ts";
import { contentPolicy } from "./security.ts";
import { trustRoutes } from "./trust/routes.ts";
import { checkByContract } from "./validation.ts";

/** The largest event of the contract, a sale of 500 lines, is half of this. */
const BODY_BYTES_MAX = 256 * 1024;
/** A register at its busiest asks for a few a second; a page loads some dozens at once. */
const REQUESTS_PER_MINUTE = 6000;

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
	version: string;
};

/** The hub's HTTP side: REST, documents, metrics, pages and MQTT over WebSocket. The caller lets it listen. */
export async function createApi(parts: Parts): Promise<App> {
	const app: App = fastify({
		loggerInstance: parts.log,
		logController: new LogController({ disableRequestLogging: true }),
		bodyLimit: BODY_BYTES_MAX,
		routerOptions: { maxParamLength: 64 },
		forceCloseConnections: true,
	}).withTypeProvider<TypeBoxTypeProvider>();
	app.setValidatorCompiler(checkByContract);
	// The contract says what goes out, and tests hold every answer against it: no second copy of it at run time.
	app.setSerializerCompiler(() => (value) => JSON.stringify(value));
	app.setErrorHandler(answerError);
	app.decorateRequest("caller", null);
	await takeCookies(app);

	await app.register(helmet, contentPolicy);
	await app.register(rateLimit, {
		max: REQUESTS_PER_MINUTE,
		allowList: (request) => isLoopback(request.ip),
		timeWindow: 60_000,
		errorResponseBuilder: (_request, { after }) =>
			new Problem(429, "TOO_MANY_REQUESTS", `Too many requests from this address; again in ${after}`),
	});
	guardPlainHttp(app, parts);
	trustRoutes(app, parts);
	await app.register(swagger, openapiOptions(version));
	await app.register(swaggerUi, {
		routePrefix: "/api/docs",
		uiConfig: { docExpansion: "list", persistAuthorization: true },
	});
	await serveMqtt(app, parts);
	const readToken = tokenReader(app, parts.accounts);
	serveMetrics(app, parts, readToken);
	livenessRoute(app);
	readinessRoute(app, parts);
	const asyncapiDocument = asyncapi();
	app.get("/api/asyncapi.json", { schema: { hide: true } }, async () => asyncapiDocument);

	app.register(
		async (api: App) => {
			guard(api, readToken, personReader(parts));
			for (const addRoutes of [
				catalogueRoutes,
				turnoverRoutes,
				shelfRoutes,
				deviceRoutes,
				alertRoutes,
				boxRoutes,
				logRoutes,
				journalRoutes,
				quarantineRoutes,
				backupRoutes,
				pairingRoutes,
				sessionRoutes,
				peopleRoutes,
				setupRoutes,
				configRoutes,
				shopRoutes,
			]) {
				addRoutes(api, parts);
			}
			healthRoutes(api, parts, version);
			bundleRoutes(api, parts, version);
			api.register(async (events: App) => {
				takeBytes(events);
				for (const addRoutes of [salesRoutes, paymentRoutes, cashRoutes, stockRoutes]) addRoutes(events, parts);
			});
		},
		{ prefix: API_PREFIX },
	);
	await servePages(app, parts);
	return app;
}
