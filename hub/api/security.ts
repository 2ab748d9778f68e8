import type { IncomingMessage } from "node:http";
import type { FastifyHelmetOptions } from "@fastify/helmet";

/** Host names and addresses as browsers send them; anything else has no place in a header of ours. */
const HOST = /^[A-Za-z0-9.-]+(:\d+)?$|^\[[0-9a-fA-F:]+\](:\d+)?$/;

/** WebSockets to this very host, named outright: older tablets do not count them as 'self'. */
function ownSockets(request: IncomingMessage): string {
	const { host } = request.headers;
	return host && HOST.test(host) ? `ws://${host} wss://${host}` : "'self'";
}

/** What a page of ours may load: its own files and its own sockets, nothing from elsewhere. */
export const contentPolicy: FastifyHelmetOptions = {
	contentSecurityPolicy: {
		useDefaults: false,
		directives: {
			defaultSrc: ["'self'"],
			scriptSrc: ["'self'"],
			// Swagger UI writes styles into its elements.
			styleSrc: ["'self'", "'unsafe-inline'"],
			imgSrc: ["'self'", "data:", "blob:"],
			fontSrc: ["'self'", "data:"],
			connectSrc: ["'self'", ownSockets],
			objectSrc: ["'none'"],
			baseUri: ["'self'"],
			formAction: ["'self'"],
			frameAncestors: ["'none'"],
		},
	},
	// The hub is also reached by plain HTTP on the LAN, where browsers refuse these two and say so on every page.
	crossOriginOpenerPolicy: false,
	originAgentCluster: false,
	strictTransportSecurity: false,
	referrerPolicy: { policy: "same-origin" },
};
