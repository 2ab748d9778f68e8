import { BookedPayment } from "@kassahub/contracts/booked-payment.ts";
import { Booking } from "@kassahub/contracts/booking.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { type PaymentRequest, paymentRequest } from "@kassahub/contracts/payment-request.ts";
import { Compile } from "typebox/compile";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outcomeId } from "../../journal/outcome-id.ts";
import { openTryShop, type TryShop } from "../try-shop.ts";

let shop: TryShop;
beforeAll(async () => {
	shop = await openTryShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

const isBooking = Compile(Booking);
const isBookedPayment = Compile(BookedPayment);
const freshRequest = (changes: Partial<PaymentRequest> = {}): PaymentRequest =>
	({ ...paymentRequest.example, id: uuidv7(), ...changes }) as PaymentRequest;

/** As the hub journals it. */
async function bookOutcome(payment: PaymentRequest, place: number, changes: Partial<PaymentOutcome>): Promise<void> {
	const { register, terminal, at } = payment;
	const outcome: PaymentOutcome = {
		...{ id: outcomeId(payment.id, place), payment: payment.id, register, terminal, at },
		...{ type: "pay", status: "approved", amount: 1995, by: "terminal", ...changes },
	};
	const payload = Buffer.from(JSON.stringify(outcome));
	const booked = await shop.books.submit({ kind: "outcome", source: "hub", register: null, topic: "outcome", payload });
	expect(booked.status).toBe("booked");
}

test("a payment is booked once, and is open until its outcome, then what it is", async () => {
	const request = freshRequest({ terminal: "pin-2" });
	const first = await shop.ask("register", "POST", "/payments", request);
	expect([first.statusCode, first.headers.location]).toEqual([201, `/api/v1/payments/${request.id}`]);
	expect(isBooking.Check(first.json())).toBe(true);
	const again = await shop.ask("register", "POST", "/payments", request);
	expect([again.statusCode, again.json()]).toEqual([200, { ...first.json(), duplicate: true }]);

	const read = async () => (await shop.ask("register", "GET", `/payments/${request.id}`)).json();
	const open = await read();
	expect([...isBookedPayment.Errors(open)]).toEqual([]);
	expect(open).toMatchObject({ number: first.json().number, source: "register:kassa-1", request, state: "open" });
	expect(open).not.toHaveProperty("outcome");
	await bookOutcome(request, 1, { status: "unknown", amount: 0 });
	expect(await read()).toMatchObject({ state: "unknown", outcome: { amount: 0 } });
	await bookOutcome(request, 2, { by: "person" });
	expect(await read()).toMatchObject({ state: "approved", outcome: { amount: 1995, by: "person" } });
});

test("open and unknown payments are listed, oldest first, of one terminal or of all, for whoever stands there", async () => {
	const asked = [
		freshRequest(),
		freshRequest({ register: "kassa-2" }),
		freshRequest({ terminal: "pin-3" }),
		freshRequest(),
	];
	for (const request of asked) await shop.ask("technician", "POST", "/payments", request);
	await bookOutcome(asked[1]!, 1, { status: "unknown", amount: 0 });
	await bookOutcome(asked[3]!, 1, {});
	const list = async (query: string): Promise<BookedPayment[]> =>
		(await shop.ask("register", "GET", `/payments${query}`)).json();
	const states = (payments: BookedPayment[]) => payments.map(({ id, state }) => [id, state]);
	const [first, second, third] = asked.map(({ id }) => id);
	expect(states(await list("?terminal=pin-1"))).toEqual([
		[first, "open"],
		[second, "unknown"],
	]);
	expect(states(await list(""))).toEqual([
		[first, "open"],
		[second, "unknown"],
		[third, "open"],
	]);
	expect(await list("?terminal=nergens")).toEqual([]);
	const other = await shop.ask("register", "GET", `/payments/${second}`);
	expect([other.statusCode, other.json().code]).toEqual([403, "NOT_ALLOWED"]);
});

test("a settlement that names nothing unknown is booked, flagged, and has no outcome of its own", async () => {
	const payment = uuidv7();
	const request = freshRequest({
		type: "settle",
		payment,
		outcome: "approved",
		reason: "bon",
	} as Partial<PaymentRequest>);
	const { amount: _, ...settle } = request as PaymentRequest & { amount?: number };
	const booked = await shop.ask("technician", "POST", "/payments", settle);
	expect([booked.statusCode, booked.json().flags]).toEqual([201, [`NOTHING_TO_SETTLE:${payment}`]]);
	expect((await shop.ask("technician", "GET", `/payments/${settle.id}`)).json()).toMatchObject({ state: "noted" });
	expect((await shop.ask("technician", "GET", `/payments/${payment}`)).statusCode).toBe(404);
});

test("what is wrong with a request is said by the contract of its own type", async () => {
	const { amount: _, ...pay } = freshRequest() as PaymentRequest & { amount?: number };
	const answer = await shop.ask("register", "POST", "/payments", { ...pay, tip: 100 });
	expect(answer.statusCode).toBe(422);
	expect(
		answer
			.json()
			.reasons.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`)
			.sort(),
	).toEqual(["/amount FIELD_INVALID", "/tip FIELD_INVALID"]);
	const card = { ...pay, type: "settle", payment: pay.id, outcome: "approved", reason: "4111 1111 1111 1111" };
	expect((await shop.ask("register", "POST", "/payments", card)).json().reasons).toMatchObject([
		{ field: "/reason", code: "CARD_NUMBER_FOUND" },
	]);
});

test.each(["register", "technician"] as const)("a %s can't command a terminal past the journal", async (kind) => {
	shop.devices.heardState({ ...shop.devices.list()[0]!, device: "pin-1", class: "terminal" });
	for (const action of ["pay", "refund", "reverse", "cancel", "end-of-day"]) {
		const answer = await shop.ask(kind, "POST", "/devices/pin-1/commands", { action, amount: 1 });
		expect([answer.statusCode, answer.json().code]).toEqual([400, "FIELD_INVALID"]);
	}
	expect(shop.commanded).toEqual([]);
});
