import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { MDNS_NAME } from "../../tls/names.ts";
import type { App, Parts } from "../parts.ts";
import { mobileConfig } from "./mobile-config.ts";
import { deviceOf, trustPage } from "./page.ts";

type Trusted = Pick<Parts, "config" | "certificates" | "httpsPort">;

/** How a tablet learns to trust the box, open to everyone on the shop's network: what is handed out is no secret. */
export function trustRoutes(app: App, { config, certificates, httpsPort }: Trusted): void {
	const hidden = { schema: { hide: true } } as const;
	app.get<{ Querystring: { language?: string } }>("/trust", hidden, async (request, reply) => {
		const asked = request.query.language;
		const language = asked === "en" || asked === "nl" ? asked : (config.shop.language ?? "nl");
		const page = trustPage({
			language,
			shop: config.shop.name,
			fingerprint: certificates.authority.fingerprint,
			device: deviceOf(request.headers["user-agent"] ?? ""),
			registerUrl: `https://${hostOf(request)}:${httpsPort()}/register/`,
		});
		return reply.type("text/html; charset=utf-8").header("cache-control", "no-store").send(page);
	});
	app.get("/trust/kassahub.crt", hidden, async (_, reply) =>
		reply
			.type("application/x-x509-ca-cert")
			.header("content-disposition", 'attachment; filename="kassahub.crt"')
			.send(certificates.authority.der),
	);
	app.get("/trust/kassahub.pem", hidden, async (_, reply) =>
		reply.type("application/x-pem-file").send(certificates.authority.pem),
	);
	app.get("/trust/kassahub.mobileconfig", hidden, async (_, reply) =>
		reply.type("application/x-apple-aspen-config").send(mobileConfig(config.shop.name, certificates.authority)),
	);
}

/** The name or address by which the box was just reached, where it is one of those in its certificate. */
export function hostOf({ hostname, socket }: Pick<FastifyRequest, "hostname" | "socket">): string {
	const bare = hostname.replace(/^\[(.*)\]$/, "$1");
	if (isIP(bare) === 4 || bare === "localhost" || bare.endsWith(".local")) return bare;
	const own = socket.localAddress?.replace(/^::ffff:/, "") ?? "";
	return isIP(own) === 4 ? own : MDNS_NAME;
}
