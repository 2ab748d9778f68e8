import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

const CONNECTIONS_MAX = 1_000;
const PROBE_AFTER_MS = 30_000;

/** A TCP port for MQTT. It answers when the promise resolves; port 0 takes a free one. Rejects with EADDRINUSE, EACCES. */
export function listen(port: number, host: string, connect: (socket: Socket) => void): Promise<Server> {
	// Without noDelay a PUBACK of four bytes waits for the one before it to be confirmed.
	const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS }, connect);
	server.maxConnections = CONNECTIONS_MAX;
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, () => {
			server.off("error", reject);
			resolve(server);
		});
	});
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
