import { Agent, type IncomingMessage, request } from "node:http";
import { ClientName, EventId } from "@kassahub/contracts/fields.ts";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { Frame, type Lines } from "./batch.ts";

const ANSWER_WITHIN_MS = 15_000;
/** No row is near this: it only keeps an answer that never ends from filling the memory. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/** The hub did not answer, or not as its contract says. Trying again later may help. */
export class HubUnreachable extends Error {
	readonly code = "HUB_UNREACHABLE";
}

export type Identity = { box: string; shop: { id: string; name: string } };

const health = Compile(Type.Object({ box: EventId }));
const shop = Compile(Type.Object({ id: ClientName, name: Type.String({ minLength: 1 }) }));

/** The hub's journal over HTTP, as bytes: rows are passed on, never parsed. */
export class JournalSource {
	readonly #url: URL;
	readonly #token: string;
	readonly #agent = new Agent({ keepAlive: true, maxSockets: 2 });

	constructor(url: string, token: string) {
		this.#url = new URL(url);
		this.#token = token;
	}

	/** Which box this is and in which shop it stands. Throws HubUnreachable. */
	async identity(): Promise<Identity> {
		const [about, place] = await Promise.all([this.#getJson("/api/v1/health"), this.#getJson("/api/v1/shop")]);
		if (!health.Check(about)) throw new HubUnreachable("GET /api/v1/health names no box");
		if (!shop.Check(place)) throw new HubUnreachable("GET /api/v1/shop names no shop");
		return { box: about.box, shop: { id: place.id, name: place.name } };
	}

	/** At most `limit` rows after number `after`, put into `frame`; undefined where there are none. Throws HubUnreachable. */
	async read(after: number, limit: number, frame: Frame): Promise<Lines | undefined> {
		const path = `/api/v1/journal?after=${after}&limit=${limit}`;
		const headers = await this.#get(path, "application/x-ndjson", frame);
		const { length } = frame.body;
		const count = Number(headers["kassahub-count"]);
		if (count === 0) return undefined;
		const first = Number(headers["kassahub-first"]);
		const last = Number(headers["kassahub-last"]);
		// The first row of a new epoch is further on than the next number.
		if (!(count > 0) || !(first > after) || last !== first + count - 1 || length === 0) {
			throw new HubUnreachable(`GET ${path} answered rows ${first} to ${last}, ${count} in number`);
		}
		return { first, last, count, frame, length };
	}

	close(): void {
		this.#agent.destroy();
	}

	async #getJson(path: string): Promise<unknown> {
		const frame = new Frame();
		await this.#get(path, "application/json", frame);
		try {
			return JSON.parse(frame.body.toString("utf8"));
		} catch {
			throw new HubUnreachable(`GET ${path} did not answer JSON`);
		}
	}

	/** GETs `path` into `frame` and gives the answer's headers. */
	#get(path: string, accept: string, frame: Frame): Promise<IncomingMessage["headers"]> {
		frame.clear();
		return new Promise((resolve, reject) => {
			const fail = (reason: string) => reject(new HubUnreachable(`GET ${path}: ${reason}`));
			const call = request(
				{
					host: this.#url.hostname,
					port: this.#url.port,
					path,
					agent: this.#agent,
					timeout: ANSWER_WITHIN_MS,
					headers: { accept, authorization: `Bearer ${this.#token}` },
				},
				(answer) => {
					answer.on("data", (part: Buffer) => {
						frame.append(part);
						if (frame.body.length > BODY_BYTES_MAX) call.destroy(new Error("the answer is too long"));
					});
					answer.once("error", (error) => fail(error.message));
					answer.once("end", () => {
						if (answer.statusCode !== 200) fail(`status ${answer.statusCode}`);
						else resolve(answer.headers);
					});
				},
			);
			call.once("timeout", () => call.destroy(new Error("no answer in time")));
			call.once("error", (error) => fail(error.message));
			call.end();
		});
	}
}
