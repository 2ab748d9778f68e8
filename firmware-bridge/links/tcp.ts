import { connect, type Socket } from "node:net";
import { DeviceError } from "../fault.ts";
import { Inbox } from "./inbox.ts";
import type { Link, Tap } from "./link.ts";
import { readPaced } from "./pace.ts";

const CONNECT_MS = 4000;
const KEEPALIVE_MS = 10_000;
const CLOSE_MS = 1000;

/** Opens a TCP connection to a device. Throws DEVICE_UNREACHABLE. */
export function openTcp(host: string, port: number, tap: Tap): Promise<Link> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS });
		const link = linkOver(socket, `${host}:${port}`, tap);
		const deadline = setTimeout(() => socket.destroy(new Error("no answer to the connection attempt")), CONNECT_MS);
		void link.gone.then((error) => {
			clearTimeout(deadline);
			reject(error);
		});
		socket.once("connect", () => {
			clearTimeout(deadline);
			resolve(link);
		});
	});
}

/** A link over a socket, whoever made the connection. `where`: the other end, for people. */
export function linkOver(socket: Socket, where: string, tap: Tap): Link {
	const inbox = new Inbox();
	let reason: string | undefined;
	const gone = new Promise<DeviceError>((tell) => {
		socket.once("close", () => tell(new DeviceError("DEVICE_UNREACHABLE", reason ?? "the connection was closed")));
	});
	socket.on("error", (error: NodeJS.ErrnoException) => {
		reason ??= `${error.code ?? error.message} (${where})`;
	});
	readPaced(socket, (bytes) => {
		tap("in", bytes);
		inbox.put(bytes);
	});
	// A device that ends its side has left: a half-open connection would swallow the next receipt.
	socket.once("end", () => socket.destroy());
	return {
		gone,
		listen: (receive) => inbox.listen(receive),
		write: (bytes) =>
			new Promise((written, failed) => {
				tap("out", bytes);
				socket.write(bytes, (error) =>
					error ? failed(new DeviceError("DEVICE_UNREACHABLE", reason ?? error.message)) : written(),
				);
			}),
		close: async () => {
			// The last bytes still leave, unless the device no longer takes any.
			const forced = setTimeout(() => socket.destroy(), CLOSE_MS);
			socket.end();
			await gone;
			clearTimeout(forced);
		},
	};
}
