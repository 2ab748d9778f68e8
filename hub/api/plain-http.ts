import type { FastifyRequest } from "fastify";
import { isLoopback } from "../loopback.ts";
import type { App, Parts } from "./parts.ts";
import { Problem } from "./problem.ts";
import { hostOf } from "./trust/routes.ts";

/** What a tablet may ask for before it can trust the box, and what a monitor may. */
const OPEN = /^\/(trust(\/|$|\?)|(healthz|readyz)($|\?))/;
const isPage = ({ method, url }: FastifyRequest): boolean =>
	(method === "GET" || method === "HEAD") && !/^\/(api|mqtt|metrics)(\/|$|\?)/.test(url);

/** Whether a request came over TLS. */
export const isEncrypted = ({ socket }: Pick<FastifyRequest, "socket">): boolean =>
	(socket as { encrypted?: boolean }).encrypted === true;

/**
 * Plain HTTP is for programs on the box itself. From the shop's network it hands out the authority and sends pages to
 * HTTPS; anything that carries a token or a sale is refused there, so that no client falls back to it unseen.
 */
export function guardPlainHttp(app: App, { httpsPort, isEncrypted }: Pick<Parts, "httpsPort" | "isEncrypted">): void {
	app.addHook("onRequest", async (request, reply) => {
		if (isEncrypted(request) || isLoopback(request.socket.remoteAddress ?? "") || OPEN.test(request.url)) return;
		const secure = `https://${hostOf(request)}:${httpsPort()}`;
		if (isPage(request)) return reply.redirect(`${secure}${request.url}`, 307);
		const remedy = `Use ${secure} and trust the box's authority: http://${request.host}/trust`;
		throw new Problem(403, "TLS_NEEDED", "This is answered over HTTPS only", { remedy });
	});
}
