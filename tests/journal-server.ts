import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** The part of a hub that a relay reads, over a journal in memory: the real path, headers and bytes. */
export class JournalServer {
	readonly token = "relay.test-token";
	readonly box: string;
	readonly #lines: readonly string[];
	readonly #server: Server;
	/** Rows after this number are not there yet. */
	length: number;
	isDown = false;

	/** `lines` may grow, or be another journal's, at any time. */
	constructor(box: string, lines: readonly string[], shop = { id: "vijzel", name: "De Vijzel" }) {
		this.box = box;
		this.#lines = lines;
		this.length = Number.POSITIVE_INFINITY;
		this.#server = createServer((request, answer) => {
			if (this.isDown) {
				answer.destroy();
				return;
			}
			if (request.headers.authorization !== `Bearer ${this.token}`) {
				answer.writeHead(401).end();
				return;
			}
			const url = new URL(request.url ?? "/", "http://hub");
			if (url.pathname === "/api/v1/health") answer.end(JSON.stringify({ box }));
			else if (url.pathname === "/api/v1/shop") answer.end(JSON.stringify(shop));
			else if (url.pathname === "/api/v1/journal") this.#journal(url.searchParams, answer);
			else answer.writeHead(404).end();
		});
	}

	async open(): Promise<string> {
		this.#server.listen(0, "127.0.0.1");
		await once(this.#server, "listening");
		const address = this.#server.address();
		if (!address || typeof address === "string") throw new Error("no port");
		return `http://127.0.0.1:${address.port}`;
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		this.#server.close();
		await once(this.#server, "close");
	}

	/** Where the first row after a number is: at that very place, unless numbers are skipped before it. */
	#placeAfter(after: number): number {
		if (after <= this.#lines.length && !(numberOf(this.#lines[after]) > after + 1)) return after;
		const place = this.#lines.findIndex((line) => numberOf(line) > after);
		return place < 0 ? this.#lines.length : place;
	}

	#journal(query: URLSearchParams, answer: import("node:http").ServerResponse): void {
		const after = Number(query.get("after"));
		const start = this.#placeAfter(after);
		const first = numberOf(this.#lines[start]);
		let end = Math.min(start + Number(query.get("limit")), this.length, this.#lines.length);
		// A new epoch skips numbers: it begins an answer of its own.
		while (end > start && numberOf(this.#lines[end - 1]) !== first + end - 1 - start) end--;
		const rows = this.#lines.slice(start, end);
		const body = rows.length > 0 ? `${rows.join("\n")}\n` : "";
		answer.writeHead(200, {
			"content-type": "application/x-ndjson",
			"kassahub-first": rows.length > 0 ? first : 0,
			"kassahub-last": rows.length > 0 ? first + rows.length - 1 : after,
			"kassahub-count": rows.length,
			"content-length": Buffer.byteLength(body),
		});
		answer.end(body);
	}
}

/** The number a row begins with; NaN where there is no row. */
const numberOf = (line: string | undefined): number => Number(/^\{"number":(\d+)/.exec(line ?? "")?.[1]);
