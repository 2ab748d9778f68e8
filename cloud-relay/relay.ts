import type { Epoch, JournalHead } from "@kassahub/contracts/journal-head.ts";
import { Acknowledgement, batchTopic } from "@kassahub/contracts/relay-batch.ts";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import type { Logger } from "pino";
import { Compile } from "typebox/compile";
import { Backoff } from "./backoff.ts";
import { cutToSize, Frame, firstHash, packBatch } from "./batch.ts";
import type { Connection } from "./connection.ts";
import type { Cursor } from "./cursor.ts";
import { rowsBetween, rowsLost } from "./epochs.ts";
import { HubUnreachable, type Identity, type JournalSource } from "./journal-source.ts";
import type { StateReport } from "./state.ts";
import { Window } from "./window.ts";

/** Chosen by measurement (bench/relay-drain.ts): larger batches save little more, and hold more back on a bad line. */
const ROWS_MAX = 1000;
const RAW_BYTES_MAX = 1024 * 1024;
/** A lone sale waits this long for company. */
const GATHER_MS = 250;
/** The journal is looked at this often even if nobody says that it grew. */
const LOOK_MS = 3_000;
/** After connecting, how long the broker has to send the retained acknowledgement; later it helps just as well. */
const HINT_MS = 1_000;
/** The broker has our batches and the cloud says nothing: ask by single rows, so that its queue doesn't fill up. */
const STALL_MS = 5_000;
/** With batches under way and no sign of life for so long, the shop is told that the cloud is away. */
const SILENT_MS = 15_000;
/** What needs a person is tried again this often: a repaired cloud goes on by itself. */
const STOPPED_MS = 60_000;
const CURSOR_MS = 10_000;

const acknowledgement = Compile(Acknowledgement);

export type RelayParts = {
	identity: Identity;
	source: JournalSource;
	/** To the cloud's broker, subscribed to this box's acknowledgements. */
	upstream: Connection;
	cursor: Cursor;
	report: StateReport;
	random: () => number;
	/** Monotonic milliseconds. */
	now: () => number;
	log: Logger;
};

/** Sends the journal to the cloud: one loop that sleeps until something changes, and then does the next thing. */
export class Relay {
	readonly #parts: RelayParts;
	readonly #window: Window;
	readonly #hubBackoff: Backoff;
	readonly #stallBackoff: Backoff;
	#head = 0;
	#epochs: readonly Epoch[] = [];
	#lost: RelayState["lost"];
	#grewAt = Number.NEGATIVE_INFINITY;
	#connectedAt = 0;
	#isHinted = false;
	#heardAt = 0;
	#isStalled = false;
	#notBefore = 0;
	#unacknowledgedByBroker = 0;
	#sentBytes = 0;
	#lastAcknowledgedAt: string | undefined;
	#cursorKeptAt = 0;
	/** Ready for the next batches; those in use are with the compressor, or were dropped. */
	readonly #frames: Frame[] = [];
	#queue: Promise<void> = Promise.resolve();
	#session = 0;
	#isClosed = false;
	#wake: () => void = () => undefined;
	#wakeCount = 0;

	constructor(parts: RelayParts) {
		this.#parts = parts;
		this.#window = new Window(parts.cursor.number);
		this.#hubBackoff = new Backoff(parts.random);
		this.#stallBackoff = new Backoff(parts.random);
		parts.upstream.on("up", () => this.#begin());
		parts.upstream.on("down", () => this.#begin());
		parts.upstream.on("message", (_topic, payload) => this.#hear(payload));
	}

	/** The hub says where its journal ends, and where numbers are skipped in it. */
	grow({ number: head, epochs = [] }: JournalHead): void {
		this.#epochs = epochs;
		if (head <= this.#head) return;
		if (this.#head <= this.#window.sent) this.#grewAt = this.#parts.now();
		this.#head = head;
		this.#tell();
		this.#rouse();
	}

	/** Runs until closed. */
	async run(): Promise<void> {
		while (!this.#isClosed) {
			const seen = this.#wakeCount;
			const waitMs = await this.#step();
			this.#tell();
			if (seen === this.#wakeCount && waitMs > 0) await this.#sleep(waitMs);
		}
		await this.#queue;
		this.#parts.cursor.keep(this.#window.acknowledged);
	}

	/** Lets run() end. */
	close(): void {
		this.#isClosed = true;
		this.#rouse();
	}

	/** Does one thing and says how long there is nothing to do, in milliseconds. */
	async #step(): Promise<number> {
		const { upstream, now } = this.#parts;
		if (!upstream.isUp) return LOOK_MS;
		if (!this.#isHinted && now() < this.#connectedAt + HINT_MS) return this.#connectedAt + HINT_MS - now();
		if (now() < this.#notBefore) return this.#notBefore - now();
		// On a slow line the broker may not have the batches yet: only its PUBACKs make the cloud's silence count.
		const isDelivered = this.#unacknowledgedByBroker === 0;
		if (this.#window.isWaiting && isDelivered && now() >= this.#heardAt + STALL_MS) {
			// Unanswered probes come less and less often; the first is sent at once.
			if (this.#isStalled) this.#notBefore = now() + this.#stallBackoff.next();
			this.#isStalled = true;
			this.#window.probe();
			return 0;
		}
		const after = this.#window.next;
		if (after === undefined) return STALL_MS;
		const isFew = this.#head - after < ROWS_MAX;
		const gathered = this.#grewAt + GATHER_MS - now();
		if (!this.#window.isProbing && isFew && gathered > 0) return gathered;
		return this.#send(after);
	}

	async #send(after: number): Promise<number> {
		const { source, identity } = this.#parts;
		const frame = this.#frames.pop() ?? new Frame();
		const session = this.#session;
		let isPacking = false;
		try {
			const found = await source.read(after, this.#isStalled ? 1 : ROWS_MAX, frame);
			this.#hubBackoff.reset();
			// The connection or the cloud's word changed meanwhile: these rows may no longer be the next.
			if (session !== this.#session || this.#window.next !== after) return 0;
			if (!found) return this.#findNothing(after);
			if (!this.#window.agrees(found.first, firstHash(found))) {
				return this.#stop(`The cloud holds another row ${found.first} than this box`);
			}
			const lines = cutToSize(found, RAW_BYTES_MAX);
			this.#head = Math.max(this.#head, lines.last);
			this.#window.addSent(lines.last);
			this.#heardAt = this.#parts.now();
			isPacking = true;
			const packed = packBatch(identity.shop, identity.box, lines).finally(() => this.#frames.push(frame));
			// Batches are compressed beside each other and leave in order.
			this.#queue = this.#queue.then(async () => this.#publish(await packed, session));
			return 0;
		} catch (error) {
			if (error instanceof HubUnreachable) return this.#waitForHub(error);
			throw error;
		} finally {
			if (!isPacking) this.#frames.push(frame);
		}
	}

	#waitForHub({ code, message }: HubUnreachable): number {
		const waitMs = this.#hubBackoff.next();
		this.#parts.log.warn({ code, reason: message, waitMs }, "the hub's journal could not be read");
		this.#notBefore = this.#parts.now() + waitMs;
		return waitMs;
	}

	async #publish(payload: Buffer, session: number): Promise<void> {
		const { upstream, identity, now, log } = this.#parts;
		if (session !== this.#session) return;
		this.#sentBytes += payload.length;
		this.#unacknowledgedByBroker++;
		// Not awaited: the next batch follows at once. A lost connection begins a new session, which resends.
		upstream.publish(batchTopic(identity.shop.id), payload, false).then(
			() => {
				if (session !== this.#session) return;
				this.#unacknowledgedByBroker--;
				this.#heardAt = now();
			},
			(error: Error) => log.debug({ reason: error.message }, "a batch got no PUBACK"),
		);
	}

	/** No row after `after`: all is sent, unless the cloud says it has a row that we don't. */
	#findNothing(after: number): number {
		if (this.#window.isProbing && this.#window.acknowledged > 0) {
			return this.#stop(`The cloud has row ${this.#window.acknowledged}, this box's journal ends before it`);
		}
		this.#head = Math.max(this.#head, after);
		return LOOK_MS;
	}

	#stop(detail: string): number {
		this.#parts.log.error({ code: "CHAIN_FORKED" }, detail);
		this.#window.fork(detail);
		this.#notBefore = this.#parts.now() + STOPPED_MS;
		return STOPPED_MS;
	}

	/** A connection came or went: nothing under way counts, and the cloud is asked anew. */
	#begin(): void {
		this.#session++;
		this.#connectedAt = this.#parts.now();
		this.#isHinted = false;
		this.#isStalled = false;
		this.#unacknowledgedByBroker = 0;
		this.#notBefore = 0;
		this.#window.probe();
		this.#rouse();
	}

	#hear(payload: Buffer): void {
		const { identity, now, log } = this.#parts;
		const ack = parseAcknowledgement(payload);
		if (ack?.box !== identity.box) {
			log.warn({ code: "FIELD_INVALID" }, "an acknowledgement could not be read");
			return;
		}
		this.#heardAt = now();
		this.#isStalled = false;
		this.#stallBackoff.reset();
		const isHint = !this.#isHinted && !this.#window.isWaiting;
		if (isHint) this.#window.hint(ack);
		else this.#window.acknowledge(ack);
		this.#isHinted = true;
		this.#lastAcknowledgedAt = new Date().toISOString();
		const { fault } = this.#window;
		// A refusal heard on connecting is old: ask once whether it still stands, and only then wait.
		this.#notBefore = fault && !isHint ? now() + STOPPED_MS : 0;
		if (fault) log.error({ code: fault.code, number: ack.refused?.number }, fault.detail);
		if (now() >= this.#cursorKeptAt + CURSOR_MS) {
			this.#cursorKeptAt = now();
			this.#parts.cursor.keep(ack.number);
		}
		this.#rouse();
	}

	#tell(): void {
		const { upstream, report, now } = this.#parts;
		const { acknowledged, fault, isWaiting } = this.#window;
		const head = Math.max(this.#head, this.#window.sent);
		const backlog = rowsBetween(acknowledged, head, this.#epochs);
		this.#lost = rowsLost(acknowledged, this.#epochs) ?? this.#lost;
		const isSilent = this.#isStalled || (isWaiting && now() > this.#heardAt + SILENT_MS);
		// With an empty journal there is nothing to ask the cloud, and so nothing it could answer.
		const isAnswered = upstream.isUp && (this.#isHinted || head === 0) && !isSilent;
		let state: RelayState["state"] = backlog > ROWS_MAX ? "catching-up" : "live";
		if (fault) state = "stopped";
		else if (!isAnswered) state = "waiting";
		report.set({
			state,
			head,
			acknowledged,
			backlog,
			sentBytes: this.#sentBytes,
			...(this.#lost && { lost: this.#lost }),
			...(this.#lastAcknowledgedAt && { lastAcknowledgedAt: this.#lastAcknowledgedAt }),
			...(fault ? { fault } : state === "waiting" && { fault: { code: "RELAY_WAITING" } }),
		});
	}

	#rouse(): void {
		this.#wakeCount++;
		this.#wake();
	}

	#sleep(waitMs: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, waitMs);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}
}

function parseAcknowledgement(payload: Buffer): Acknowledgement | undefined {
	try {
		const ack: unknown = JSON.parse(payload.toString("utf8"));
		return acknowledgement.Check(ack) ? ack : undefined;
	} catch {
		return undefined;
	}
}
