import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP line on loopback that can be made slow, silent or dead while it is in use. */
export class FaultProxy {
	/** Each way, and kept in order. */
	latencyMs = 0;
	bytesPerSecond = Number.POSITIVE_INFINITY;
	/** Bytes vanish and the connection stays open: a cable pulled out somewhere in between. */
	isBlackhole = false;
	/** New connections are reset. */
	isRefusing = false;
	readonly #target: number;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();

	constructor(targetPort: number) {
		this.#target = targetPort;
		this.#server = createServer((near) => {
			if (this.isRefusing) {
				near.resetAndDestroy();
				return;
			}
			const far = connect(this.#target, "127.0.0.1");
			this.#join(near, far);
			this.#join(far, near);
		});
	}

	async open(): Promise<number> {
		this.#server.listen(0, "127.0.0.1");
		await once(this.#server, "listening");
		const address = this.#server.address();
		if (!address || typeof address === "string") throw new Error("no port");
		return address.port;
	}

	/** Breaks every connection at once; new ones may be made. */
	reset(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	async close(): Promise<void> {
		this.reset();
		this.#server.close();
		await once(this.#server, "close");
	}

	#join(from: Socket, to: Socket): void {
		this.#sockets.add(from);
		/** No chunk leaves before the one ahead of it. */
		let freeAt = 0;
		from.on("data", (chunk) => {
			if (this.isBlackhole) return;
			const costMs = (chunk.length / this.bytesPerSecond) * 1000;
			freeAt = Math.max(freeAt, performance.now() + this.latencyMs) + costMs;
			from.pause();
			setTimeout(() => !to.destroyed && to.write(chunk), Math.max(0, freeAt - performance.now()));
			setTimeout(() => from.resume(), costMs);
		});
		from.on("error", () => to.destroy());
		from.once("close", () => {
			this.#sockets.delete(from);
			to.destroy();
		});
	}
}
