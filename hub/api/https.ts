import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { MIN_TLS_VERSION } from "../broker/listener.ts";
import type { Certificates } from "../tls/certificates.ts";
import type { App } from "./parts.ts";

/** Serves the same API and pages over HTTPS, with the certificate of the moment. Rejects with EADDRINUSE, EACCES. */
export async function listenHttps(
	app: App,
	certificates: Pick<Certificates, "server" | "on" | "off">,
	{ port, host }: { port: number; host: string },
): Promise<{ port: number; close(): Promise<void> }> {
	await app.ready();
	const { certificate: cert, key } = certificates.server;
	const server: Server = createServer({ key, cert, minVersion: MIN_TLS_VERSION }, (request, response) =>
		app.routing(request, response),
	);
	// MQTT over WebSocket: @fastify/websocket listens on the plain server only.
	server.on("upgrade", (request, socket, head) => app.server.emit("upgrade", request, socket, head));
	const renew = (renewed: { certificate: string; key: string }): void =>
		server.setSecureContext({ key: renewed.key, cert: renewed.certificate, minVersion: MIN_TLS_VERSION });
	certificates.on("renewed", renew);
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, () => {
			server.off("error", reject);
			resolve();
		});
	});
	return {
		port: (server.address() as AddressInfo).port,
		async close() {
			certificates.off("renewed", renew);
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeAllConnections();
			await closed;
		},
	};
}
