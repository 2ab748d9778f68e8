import websocket from "@fastify/websocket";
import { createWebSocketStream } from "ws";
import type { App, Parts } from "./parts.ts";

const SUBPROTOCOL = "mqtt";
/** Larger than any message of the contract; what is larger ends the connection. */
const FRAME_BYTES_MAX = 1024 * 1024;
const PROTOCOL_ERROR = 1002;

/** MQTT over WebSocket at /mqtt (MQTT 3.1.1 §6): the broker sees a stream of bytes and asks for credentials itself. */
export async function serveMqtt(app: App, { broker }: Parts): Promise<void> {
	await app.register(websocket, {
		options: {
			maxPayload: FRAME_BYTES_MAX,
			handleProtocols: (offered: Set<string>) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
		},
	});
	app.register(async (scope) => {
		scope.get("/mqtt", { websocket: true, schema: { hide: true } }, (socket, request) => {
			if (socket.protocol !== SUBPROTOCOL) {
				socket.close(PROTOCOL_ERROR, `ask for the subprotocol ${SUBPROTOCOL}`);
				return;
			}
			broker.attachStream(createWebSocketStream(socket), request.raw);
		});
	});
}
