import type { Booking } from "@kassahub/contracts/booking.ts";
import type { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import type { Reason } from "@kassahub/contracts/reason.ts";
import type { Rejection } from "@kassahub/contracts/rejection.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";

/** An event on its way to the books. It leaves the outbox when the hub has booked it, not before. */
export type OutboxItem = { id: string; queuedAt: number } & (
	| { kind: "sale"; event: Sale }
	| { kind: "cash"; event: CashMovement }
) & { rejection?: { at: string; quarantine: number; reasons: Reason[] } };

/** Where the outbox survives a reload, a crash and a flat battery. */
export type OutboxStore = {
	all(): Promise<OutboxItem[]>;
	put(item: OutboxItem): Promise<void>;
	delete(id: string): Promise<void>;
};

/** Publishes at QoS 1; resolves at the PUBACK. */
export type Send = (item: OutboxItem) => Promise<void>;

/**
 * Everything this register made that is not in the books yet. Stored first, sent when there is a connection, sent again
 * at each reconnect until its booking comes: the hub answers a second delivery with the first booking.
 */
export class Outbox {
	readonly #store: OutboxStore;
	readonly #send: Send;
	readonly #changed: () => void;
	readonly #items = new Map<string, OutboxItem>();
	/** Published and not yet answered by a PUBACK: the MQTT client itself delivers these again. */
	readonly #inFlight = new Set<string>();
	#isConnected = false;

	private constructor(store: OutboxStore, send: Send, changed: () => void) {
		this.#store = store;
		this.#send = send;
		this.#changed = changed;
	}

	static async open(store: OutboxStore, send: Send, changed: () => void): Promise<Outbox> {
		const outbox = new Outbox(store, send, changed);
		const items = await store.all();
		for (const item of items.sort((a, b) => a.queuedAt - b.queuedAt)) outbox.#items.set(item.id, item);
		return outbox;
	}

	/** Resolves when the event is stored on this device; rejects, and keeps nothing, where it could not be. */
	async add(item: OutboxItem): Promise<void> {
		await this.#store.put(item);
		this.#items.set(item.id, item);
		this.#changed();
		this.#deliver(item);
	}

	/** The connection stands: sends all that is waiting, oldest first. */
	connected(): void {
		this.#isConnected = true;
		for (const item of this.waiting()) this.#deliver(item);
	}

	disconnected(): void {
		this.#isConnected = false;
	}

	/** The hub has it in the books. Answers the item, or undefined where it was not waiting here. */
	async booked(booking: Pick<Booking, "id">): Promise<OutboxItem | undefined> {
		const item = this.#items.get(booking.id);
		if (!item) return undefined;
		await this.#store.delete(item.id);
		this.#items.delete(item.id);
		this.#changed();
		return item;
	}

	/** The hub could not book it and keeps it in quarantine; here it stays until a person has seen why. */
	async rejected(rejection: Rejection): Promise<OutboxItem | undefined> {
		const item = rejection.id === null ? undefined : this.#items.get(rejection.id);
		if (!item) return undefined;
		const { at, quarantine, reasons } = rejection;
		const marked = { ...item, rejection: { at, quarantine, reasons } };
		await this.#store.put(marked);
		this.#items.set(item.id, marked);
		this.#changed();
		return marked;
	}

	/** A person has seen the rejection. What was not rejected can't be dropped. */
	async dismiss(id: string): Promise<void> {
		if (!this.#items.get(id)?.rejection) return;
		await this.#store.delete(id);
		this.#items.delete(id);
		this.#changed();
	}

	waiting(): OutboxItem[] {
		return [...this.#items.values()].filter((item) => !item.rejection);
	}

	needingAttention(): OutboxItem[] {
		return [...this.#items.values()].filter((item) => item.rejection);
	}

	#deliver(item: OutboxItem): void {
		if (!this.#isConnected || this.#inFlight.has(item.id)) return;
		this.#inFlight.add(item.id);
		const landed = (): void => {
			this.#inFlight.delete(item.id);
		};
		// Failed or not, the item stays until its booking comes; the next connect sends it again.
		this.#send(item).then(landed, landed);
	}
}
