import type { Server, Socket } from "node:net";
import { isLoopback } from "../loopback.ts";

/** A quarter of a port's connections: nobody alone can keep the registers out. */
const PER_ADDRESS_MAX = 250;

/** How many connections each address of the network holds; programs of the box itself have a way of their own. */
export class Doors {
	readonly #counts = new Map<string, number>();

	/** Notes a connection and returns what to call when it ends; undefined where its address has too many. */
	enter(address: string): (() => void) | undefined {
		if (isLoopback(address)) return () => undefined;
		const count = this.#counts.get(address) ?? 0;
		if (count >= PER_ADDRESS_MAX) return undefined;
		this.#counts.set(address, count + 1);
		return () => {
			const left = (this.#counts.get(address) ?? 1) - 1;
			if (left > 0) this.#counts.set(address, left);
			else this.#counts.delete(address);
		};
	}

	/** Ends what a server takes beyond that, before it costs a handshake. */
	guard(server: Server): void {
		server.prependListener("connection", (socket: Socket) => {
			const leave = this.enter(socket.remoteAddress ?? "");
			if (leave) socket.once("close", leave);
			else socket.destroy();
		});
	}
}
