import { type RelayState, relayState } from "@kassahub/contracts/relay-state.ts";
import type { Connection } from "./connection.ts";

const BETWEEN_MS_MIN = 1_000;

type Figures = Omit<RelayState, "since">;

/** What the shop sees of the relay: retained on the hub's broker, on change and at most once a second. */
export class StateReport {
	readonly #now: () => Date;
	#state: RelayState;
	#connection: Connection | undefined;
	#timer: NodeJS.Timeout | undefined;
	#publishedAt = Number.NEGATIVE_INFINITY;
	#published = "";

	constructor(now: () => Date) {
		this.#now = now;
		this.#state = {
			state: "waiting",
			since: now().toISOString(),
			head: 0,
			acknowledged: 0,
			backlog: 0,
			sentBytes: 0,
			fault: { code: "RELAY_WAITING" },
		};
	}

	get current(): RelayState {
		return this.#state;
	}

	/** The last will: when this process or its connection is gone, nothing is on its way any more. */
	will(): { topic: string; payload: string; qos: 1; retain: true } {
		const fault = { code: "RELAY_WAITING", detail: "The relay is not running" };
		const { head, acknowledged, backlog, sentBytes } = this.#state;
		const state: RelayState = {
			state: "waiting",
			since: this.#now().toISOString(),
			head,
			acknowledged,
			backlog,
			sentBytes,
			fault,
		};
		return { topic: relayState.topic, payload: JSON.stringify(state), qos: 1, retain: true };
	}

	/** Publishes on `connection` from now on, at once and whenever it comes up again. */
	publishOn(connection: Connection): void {
		this.#connection = connection;
		connection.on("up", () => {
			this.#published = "";
			this.#schedule();
		});
	}

	set(figures: Figures): void {
		const isSame = figures.state === this.#state.state && figures.fault?.code === this.#state.fault?.code;
		this.#state = { ...figures, since: isSame ? this.#state.since : this.#now().toISOString() };
		this.#schedule();
	}

	/** The last word before leaving. */
	async close(): Promise<void> {
		clearTimeout(this.#timer);
		const { topic, payload } = this.will();
		if (this.#connection?.isUp) await this.#connection.publish(topic, payload, true).catch(() => undefined);
		this.#connection = undefined;
	}

	#schedule(): void {
		if (this.#timer) return;
		const waitMs = Math.max(0, this.#publishedAt + BETWEEN_MS_MIN - performance.now());
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			const payload = JSON.stringify(this.#state);
			if (!this.#connection?.isUp || payload === this.#published) return;
			this.#publishedAt = performance.now();
			this.#published = payload;
			// A connection that breaks here comes up again and then publishes the newest state.
			this.#connection.publish(relayState.topic, payload, relayState.retain).catch(() => undefined);
		}, waitMs);
	}
}
