import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import { expect, test } from "vitest";
import { RestRefused } from "../kit/rest.ts";
import { PinPayments } from "./pin-payment.ts";

const away = new TypeError("Failed to fetch");
const missing = new RestRefused({ title: "not there", status: 404, code: "NOT_FOUND" });

/** A hub of which the test says what it does with a request; and the storage of one tablet. */
class Counter {
	readonly kept = new Map<string, string>();
	readonly told: string[] = [];
	readonly asked: PaymentRequest[] = [];
	readonly booked = new Map<string, PaymentOutcome | undefined>();
	isFull = false;
	isLive = true;
	/** What becomes of a request: it is booked and answered, booked without an answer, or it never arrives. */
	fate: "answered" | "answer-lost" | "lost" = "answered";
	onAsked: () => void = () => undefined;
	#ids = 0;

	/** A page that is opened on this tablet. */
	open(): PinPayments {
		return new PinPayments({
			rest: {
				post: async <T>(_: string, body: unknown) => {
					const request = body as PaymentRequest;
					this.asked.push(request);
					this.onAsked();
					if (this.fate === "lost") throw away;
					this.booked.set(request.id, undefined);
					if (this.fate === "answer-lost") throw away;
					return { id: request.id } as T;
				},
				get: async <T>(path: string) => {
					const id = path.replace("/payments/", "");
					if (!this.booked.has(id)) throw missing;
					return { id, outcome: this.booked.get(id) } as T;
				},
			},
			isLive: () => this.isLive,
			storage: {
				getItem: (key) => this.kept.get(key) ?? null,
				setItem: (key, value) => {
					if (this.isFull) throw new DOMException("full", "QuotaExceededError");
					this.kept.set(key, value);
				},
				removeItem: (key) => this.kept.delete(key),
			},
			stamp: () => ({ id: `id-${++this.#ids}`, register: "kassa-1", at: "2026-11-23T10:14:30.000+01:00" }),
			tell: (fault) => this.told.push(fault),
			retryMs: 1,
		});
	}
}

const outcomeOf = (
	payment: string,
	status: PaymentOutcome["status"],
	amount = 0,
	more: Partial<PaymentOutcome> = {},
): PaymentOutcome => ({
	id: `outcome-of-${payment}`,
	payment,
	register: "kassa-1",
	terminal: "pin-1",
	at: "2026-11-23T10:14:52.480+01:00",
	type: "pay",
	status,
	amount,
	by: "terminal",
	...more,
});

/** A payment of 19.95 that the hub has. */
async function atTerminal(counter = new Counter()) {
	const pin = counter.open();
	await pin.start("pin-1", 1995);
	expect(pin.payment.value?.phase).toBe("at-terminal");
	return { counter, pin };
}

test("a payment is stored on this device before the hub hears of it", async () => {
	const counter = new Counter();
	let keptWhenAsked = 0;
	counter.onAsked = () => {
		keptWhenAsked = counter.kept.size;
	};
	await counter.open().start("pin-1", 1995);
	expect(keptWhenAsked).toBe(1);
	expect(counter.asked).toEqual([expect.objectContaining({ type: "pay", terminal: "pin-1", amount: 1995 })]);
});

test("without room to store it, or away from the hub, no payment is started", async () => {
	const counter = new Counter();
	counter.isFull = true;
	await counter.open().start("pin-1", 1995);
	counter.isFull = false;
	counter.isLive = false;
	await counter.open().start("pin-1", 1995);
	expect(counter.told).toEqual(["notStored", "hubAway"]);
	expect(counter.asked).toEqual([]);
	expect(counter.kept.size).toBe(0);
});

test("an approved payment is never without its sale: it stays, over a reload too, until the sale is stored", async () => {
	const { counter, pin } = await atTerminal();
	pin.booked({ id: "id-1", outcome: outcomeOf("id-1", "approved", 1995) });
	pin.dismiss();
	const paid = [{ amount: 1995, paymentId: "id-1" }];
	expect(pin.paid.value).toEqual(paid);
	const reloaded = counter.open();
	expect(reloaded.paid.value).toEqual(paid);
	expect(reloaded.isLocked.value).toBe(true);
	reloaded.sold();
	expect(counter.open().isLocked.value).toBe(false);
});

test("an approved payment is not sold twice where the page was killed just after its sale was stored", async () => {
	const { counter, pin } = await atTerminal();
	pin.booked({ id: "id-1", outcome: outcomeOf("id-1", "approved", 1995) });
	const sale = (paymentId: string) => ({
		id: "sale",
		register: "kassa-1",
		at: "2026-11-23T10:15:00.000+01:00",
		lines: [],
		payments: [{ method: "pin" as const, amount: 1995, paymentId }],
		rounding: 0,
		total: 1995,
	});
	const reloaded = counter.open();
	expect(reloaded.isIn([sale("another")])).toBe(false);
	expect(reloaded.isIn([sale("another"), sale("id-1")])).toBe(true);
});

test("a payment the hub never got is dropped and not sent later", async () => {
	const counter = new Counter();
	counter.fate = "lost";
	const pin = counter.open();
	await pin.start("pin-1", 1995);
	expect(pin.payment.value?.phase).toBe("never-sent");
	expect(pin.isLocked.value).toBe(false);
	counter.fate = "answered";
	await pin.connected();
	const reloaded = counter.open();
	await reloaded.connected();
	expect(reloaded.payment.value).toBeUndefined();
	expect(counter.asked).toHaveLength(1);
});

test("a payment whose answer was lost is found, and not asked for twice", async () => {
	const counter = new Counter();
	counter.fate = "answer-lost";
	const pin = counter.open();
	await pin.start("pin-1", 1995);
	expect(pin.payment.value?.phase).toBe("at-terminal");
	expect(counter.asked).toHaveLength(1);
});

test("a reload finds its payment again, and what came of it meanwhile", async () => {
	const { counter } = await atTerminal();
	counter.isLive = false;
	const reloaded = counter.open();
	await reloaded.connected();
	expect(reloaded.payment.value?.phase).toBe("sending");
	expect(reloaded.isLocked.value).toBe(true);
	counter.isLive = true;
	counter.booked.set("id-1", outcomeOf("id-1", "approved", 1995));
	await reloaded.connected();
	expect(reloaded.paid.value).toEqual([{ amount: 1995, paymentId: "id-1" }]);
	expect(counter.asked).toHaveLength(1);
});

test("an unknown outcome asks the cashier, whose word goes to the hub", async () => {
	const { counter, pin } = await atTerminal();
	pin.booked({ id: "id-1", outcome: outcomeOf("id-1", "unknown") });
	expect(pin.payment.value?.phase).toBe("unknown");
	expect(pin.isLocked.value).toBe(true);
	await pin.settle("approved", "seen");
	expect(counter.asked.at(-1)).toMatchObject({
		type: "settle",
		payment: "id-1",
		terminal: "pin-1",
		outcome: "approved",
		reason: "seen",
	});
	pin.booked({ id: "id-1", outcome: outcomeOf("id-1", "approved", 1995, { by: "person" }) });
	expect(pin.paid.value).toEqual([{ amount: 1995, paymentId: "id-1" }]);
});

test("a declined payment says why and frees the basket, and another try is another payment", async () => {
	const { counter, pin } = await atTerminal();
	pin.booked({ id: "id-1", outcome: outcomeOf("id-1", "failed", 0, { fault: { code: "TERMINAL_BUSY" } }) });
	expect(pin.payment.value).toMatchObject({ phase: "not-paid", fault: "TERMINAL_BUSY" });
	expect(pin.isLocked.value).toBe(false);
	await pin.start("pin-1", 1995);
	expect(counter.asked.map(({ id }) => id)).toEqual(["id-1", "id-2"]);
});

test("the terminal's own words are shown, and a cancel names its payment", async () => {
	const { counter, pin } = await atTerminal();
	const message = { nl: "Pincode invoeren", en: "Enter PIN" };
	const reading = { type: "payment", device: "pin-1", at: "2026-11-23T10:14:31.000+01:00", message } as const;
	pin.heard({ ...reading, payment: "another", mayCancel: false });
	pin.heard({ ...reading, payment: "id-1", mayCancel: true });
	expect(pin.payment.value).toMatchObject({ message, mayCancel: true });
	await pin.cancel();
	expect(counter.asked.at(-1)).toMatchObject({ type: "cancel", payment: "id-1", terminal: "pin-1" });
	expect(pin.payment.value?.mayCancel).toBe(false);
});

test("a cancel or a settlement that the hub did not get can be tried again", async () => {
	const { counter, pin } = await atTerminal();
	counter.fate = "lost";
	await pin.cancel();
	expect(pin.payment.value?.mayCancel).toBe(true);
	pin.booked({ id: "id-1", outcome: outcomeOf("id-1", "unknown") });
	await pin.settle("declined", "seen");
	expect(pin.payment.value?.phase).toBe("unknown");
	expect(counter.told).toEqual(["hubAway", "hubAway"]);
});

test("a part that was approved can be given back, after which nothing is paid", async () => {
	const { counter, pin } = await atTerminal();
	pin.booked({ id: "id-1", outcome: outcomeOf("id-1", "approved", 500) });
	await pin.start("pin-1", -500);
	expect(counter.asked.at(-1)).toMatchObject({ type: "refund", amount: 500 });
	pin.booked({ id: "id-2", outcome: outcomeOf("id-2", "approved", 500, { type: "refund" }) });
	expect(pin.paid.value).toEqual([]);
	expect(counter.kept.size).toBe(0);
});
