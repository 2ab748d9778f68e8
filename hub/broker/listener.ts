import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import { Doors } from "./doors.ts";

/** Hundreds of shelf sensors, and one of the bridge for each of them: more than a large shop has. */
const CONNECTIONS_MAX = 2_500;
const HANDSHAKE_WITHIN_MS = 10_000;
const PROBE_AFTER_MS = 30_000;
/** A tablet of ten years ago can do that. */
export const MIN_TLS_VERSION = "TLSv1.2";

const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS };

/** A TCP port for MQTT. It answers when the promise resolves; port 0 takes a free one. Rejects with EADDRINUSE, EACCES. */
export function listen(port: number, host: string, connect: (socket: Socket) => void): Promise<Server> {
	// Without noDelay a PUBACK of four bytes waits for the one before it to be confirmed.
	return opened(createServer(socketOptions, connect), port, host);
}

/** The same over TLS 1.2 and newer; `server.setSecureContext` takes another certificate. */
export function listenTls(
	port: number,
	host: string,
	{ certificate: cert, key }: { certificate: string; key: string },
	connect: (socket: Socket) => void,
): Promise<TlsServer> {
	const server = createTlsServer(
		{ ...socketOptions, cert, key, minVersion: MIN_TLS_VERSION, handshakeTimeout: HANDSHAKE_WITHIN_MS },
		connect,
	);
	// Who gives up a handshake has no connection that could be logged by name.
	server.on("tlsClientError", (_, socket) => socket.destroy());
	return opened(server, port, host);
}

function opened<S extends Server>(server: S, port: number, host: string): Promise<S> {
	server.maxConnections = CONNECTIONS_MAX;
	new Doors().guard(server);
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, () => {
			server.off("error", reject);
			resolve(server);
		});
	});
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
