import type { Rejection } from "@kassahub/contracts/rejection.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Outbox, type OutboxItem, type OutboxStore } from "./outbox.ts";

const item = (id: string, queuedAt = 1): OutboxItem => ({
	id,
	queuedAt,
	kind: "cash",
	event: { id, register: "kassa-1", at: "2026-11-23T10:15:00.000+01:00", type: "float", amount: 1 },
});

const rejection = (id: string | null): Rejection => ({
	id,
	quarantine: 3,
	topic: "kassahub/registers/kassa-1/cash",
	at: "2026-11-23T10:15:00.120+01:00",
	reasons: [{ field: "/amount", code: "FIELD_INVALID", message: "no", remedy: "do" }],
});

class MemoryStore implements OutboxStore {
	readonly items = new Map<string, OutboxItem>();
	isFull = false;
	async all() {
		return [...this.items.values()];
	}
	async put(one: OutboxItem) {
		if (this.isFull) throw new Error("QuotaExceededError");
		this.items.set(one.id, one);
	}
	async delete(id: string) {
		this.items.delete(id);
	}
}

/** A connection of which the test decides when, and whether, each publish is acknowledged. */
class Wire {
	readonly sent: string[] = [];
	readonly #open = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
	readonly send = (one: OutboxItem): Promise<void> => {
		this.sent.push(one.id);
		return new Promise((resolve, reject) => {
			this.#open.set(one.id, { resolve, reject });
		});
	};
	async acknowledge(id: string): Promise<void> {
		this.#open.get(id)?.resolve();
		await Promise.resolve();
		await Promise.resolve();
	}
	async fail(id: string): Promise<void> {
		this.#open.get(id)?.reject(new Error("connection closed"));
		await Promise.resolve();
		await Promise.resolve();
	}
}

const open = async (store = new MemoryStore()) => {
	const wire = new Wire();
	return { store, wire, outbox: await Outbox.open(store, wire.send, () => {}) };
};

test("a sale is stored before anything is sent", async () => {
	const store = new MemoryStore();
	const stored: boolean[] = [];
	const outbox = await Outbox.open(
		store,
		async (one) => {
			stored.push(store.items.has(one.id));
		},
		() => {},
	);
	outbox.connected();
	await outbox.add(item("a"));
	expect(stored).toEqual([true]);
});

test("what could not be stored is neither sent nor counted, and the caller hears of it", async () => {
	const { store, wire, outbox } = await open();
	outbox.connected();
	store.isFull = true;
	await expect(outbox.add(item("a"))).rejects.toThrow("QuotaExceededError");
	expect(wire.sent).toEqual([]);
	expect(outbox.waiting()).toEqual([]);
});

test("what is made offline waits and goes out, oldest first, when the hub is back", async () => {
	const { wire, outbox } = await open();
	await outbox.add(item("a", 1));
	await outbox.add(item("b", 2));
	expect(wire.sent).toEqual([]);
	outbox.connected();
	expect(wire.sent).toEqual(["a", "b"]);
});

test("a PUBACK alone takes nothing out of the outbox; the booking does", async () => {
	const { store, wire, outbox } = await open();
	outbox.connected();
	await outbox.add(item("a"));
	await wire.acknowledge("a");
	expect(outbox.waiting().map(({ id }) => id)).toEqual(["a"]);
	expect(await outbox.booked({ id: "a" })).toEqual(item("a"));
	expect(outbox.waiting()).toEqual([]);
	expect(store.items.size).toBe(0);
});

test("a reconnect sends again what was acknowledged but never booked, and leaves to the client what is in flight", async () => {
	const { wire, outbox } = await open();
	outbox.connected();
	await outbox.add(item("acknowledged"));
	await outbox.add(item("in-flight"));
	await outbox.add(item("failed"));
	await wire.acknowledge("acknowledged");
	await wire.fail("failed");
	outbox.disconnected();
	outbox.connected();
	expect(wire.sent.slice(3)).toEqual(["acknowledged", "failed"]);
});

test("after a crash of the tablet everything unbooked is sent again", async () => {
	const before = await open();
	before.outbox.connected();
	await before.outbox.add(item("b", 2));
	await before.outbox.add(item("a", 1));
	const after = await open(before.store);
	after.outbox.connected();
	expect(after.wire.sent).toEqual(["a", "b"]);
});

test("a rejected event stays for a person to see, is not sent again, and outlives a reload", async () => {
	const { store, outbox } = await open();
	await outbox.add(item("a"));
	await outbox.rejected(rejection("a"));
	const after = await open(store);
	after.outbox.connected();
	expect(after.wire.sent).toEqual([]);
	expect(after.outbox.needingAttention()[0]?.rejection?.reasons[0]?.code).toBe("FIELD_INVALID");
	await after.outbox.dismiss("a");
	expect(store.items.size).toBe(0);
});

test("what is still waiting cannot be dismissed", async () => {
	const { outbox } = await open();
	await outbox.add(item("a"));
	await outbox.dismiss("a");
	expect(outbox.waiting()).toHaveLength(1);
});

test("answers about what is not here change nothing", async () => {
	const { outbox } = await open();
	await outbox.add(item("a"));
	expect(await outbox.booked({ id: "b" })).toBeUndefined();
	expect(await outbox.rejected(rejection(null))).toBeUndefined();
	expect(outbox.waiting()).toHaveLength(1);
});

test("whatever the connection does, an event leaves only by its booking, and never by being sent", async () => {
	const step = fc.constantFrom("connect", "disconnect", "acknowledge", "fail", "crash", "book");
	await fc.assert(
		fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(4)), { maxLength: 40 }), async (steps) => {
			const store = new MemoryStore();
			let { wire, outbox } = await open(store);
			const expected = new Set(["0", "1", "2", "3", "4"]);
			for (const id of expected) await outbox.add(item(id, Number(id)));
			for (const [kind, number] of steps) {
				const id = String(number);
				if (kind === "connect") outbox.connected();
				if (kind === "disconnect") outbox.disconnected();
				if (kind === "acknowledge") await wire.acknowledge(id);
				if (kind === "fail") await wire.fail(id);
				if (kind === "crash") ({ wire, outbox } = await open(store));
				if (kind === "book") {
					await outbox.booked({ id });
					expected.delete(id);
				}
			}
			expect(outbox.waiting().map(({ id }) => id)).toEqual([...expected]);
			expect([...store.items.keys()].sort()).toEqual([...expected]);
		}),
	);
});
