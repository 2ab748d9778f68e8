import { EventEmitter } from "node:events";
import type { App } from "./app.ts";

const BETWEEN_MS_MIN = 1_000;
const HEARTBEAT_MS = 20_000;

/** Tells open pages which shops' figures changed, at most once a second. */
export class LiveTicks extends EventEmitter<{ tick: [shops: string[]] }> {
	readonly #shops = new Set<string>();
	#timer: NodeJS.Timeout | undefined;
	#tickedAt = Number.NEGATIVE_INFINITY;

	change(shop: string): void {
		this.#shops.add(shop);
		this.#timer ??= setTimeout(
			() => {
				this.#timer = undefined;
				this.#tickedAt = performance.now();
				const shops = [...this.#shops];
				this.#shops.clear();
				this.emit("tick", shops);
			},
			Math.max(0, this.#tickedAt + BETWEEN_MS_MIN - performance.now()),
		);
	}
}

/** GET /api/v1/live: server-sent events, `event: figures` with `data: {"shops":[…]}`. */
export function liveRoutes(app: App, ticks: LiveTicks): void {
	ticks.setMaxListeners(0);
	const open = new Set<() => void>();
	app.addHook("preClose", async () => {
		for (const close of open) close();
	});
	app.get("/live", (request, reply) => {
		reply.hijack();
		const stream = reply.raw;
		for (const [name, value] of Object.entries(reply.getHeaders()))
			if (value !== undefined) stream.setHeader(name, value);
		stream.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
		stream.write("retry: 3000\n\n");
		const tell = (shops: string[]) => stream.write(`event: figures\ndata: ${JSON.stringify({ shops })}\n\n`);
		// Proxies cut what is silent for long.
		const heartbeat = setInterval(() => stream.write(": still here\n\n"), HEARTBEAT_MS);
		ticks.on("tick", tell);
		const close = () => {
			ticks.off("tick", tell);
			clearInterval(heartbeat);
			open.delete(close);
			stream.end();
		};
		open.add(close);
		request.raw.once("close", close);
	});
}
