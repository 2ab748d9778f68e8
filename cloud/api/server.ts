import helmet from "@fastify/helmet";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { type FastifyBaseLogger, fastify, LogController } from "fastify";
import { guardAccess } from "./access.ts";
import type { App } from "./app.ts";
import { liveRoutes } from "./live.ts";
import type { Parts } from "./parts.ts";
import { answerError, Problem, sendProblem } from "./problem.ts";
import { saleRoutes } from "./sales.ts";
import { shopRoutes } from "./shops.ts";
import { serveSite } from "./site.ts";
import { stockRoutes } from "./stock.ts";
import { turnoverRoutes } from "./turnover.ts";
import { watchRoutes } from "./watch.ts";

/** The office's page and the figures behind it. */
export async function createApi(parts: Parts, log: FastifyBaseLogger): Promise<App> {
	const app: App = fastify({
		loggerInstance: log,
		logController: new LogController({ disableRequestLogging: true }),
		forceCloseConnections: true,
	}).withTypeProvider<TypeBoxTypeProvider>();
	app.setErrorHandler(answerError);
	app.setNotFoundHandler((request, reply) =>
		sendProblem(reply, new Problem(404, "NOT_FOUND", `There is no ${request.method} ${request.url}`)),
	);
	await app.register(helmet, {
		contentSecurityPolicy: {
			useDefaults: false,
			directives: {
				defaultSrc: ["'self'"],
				styleSrc: ["'self'", "'unsafe-inline'"],
				imgSrc: ["'self'", "data:"],
				objectSrc: ["'none'"],
				baseUri: ["'none'"],
				formAction: ["'self'"],
				frameAncestors: ["'none'"],
			},
		},
		// The office speaks plain HTTP; whoever puts TLS before it says so there.
		hsts: false,
	});
	guardAccess(app, parts.token);
	watchRoutes(app, parts);
	await app.register(
		async (api) => {
			api.addHook("onSend", async (_request, reply) => {
				reply.header("cache-control", "no-store");
			});
			shopRoutes(api, parts);
			turnoverRoutes(api, parts);
			stockRoutes(api, parts);
			saleRoutes(api, parts);
			liveRoutes(api, parts.ticks);
		},
		{ prefix: "/api/v1" },
	);
	await serveSite(app);
	return app;
}
