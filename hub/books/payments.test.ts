import { type PaymentRequest, paymentRequest } from "@kassahub/contracts/payment-request.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { outcomeId } from "../journal/outcome-id.ts";
import { type BookedRequest, Books, type Outcome } from "./books.ts";
import {
	outcomeOf,
	saleFrom,
	submitOutcome,
	submitPayment,
	submitProduct,
	submitSale,
	temporaryDir,
} from "./fixture.ts";

const pay = (): PaymentRequest => ({ ...paymentRequest.example, id: uuidv7(), type: "pay", amount: 374 });
const saleOf = (paymentId: string, amount = 374) =>
	submitSale(
		saleFrom("kassa-1", {
			payments: [{ method: "pin", amount, paymentId }],
			rounding: 0,
			total: amount,
			lines: [{ ...sale.example.lines[0]!, quantity: 1000, unitPrice: amount, total: amount }],
		}),
	);
const flagsOf = (outcome: Outcome): string[] =>
	outcome.status === "booked" ? outcome.booking.flags.filter((flag) => flag.startsWith("PAYMENT")) : ["REJECTED"];

async function openBooks(dataDir: string) {
	const books = await Books.open({ dataDir });
	await books.submit(submitProduct());
	return { books, [Symbol.asyncDispose]: () => books.close() };
}

test("a payment and its outcome are found by the payment's id, also after a restart", async () => {
	using dir = temporaryDir();
	const request = pay();
	const outcome = outcomeOf(request, { receipts: [{ for: "customer", lines: ["BETAALD"] }] });
	{
		await using opened = await openBooks(dir.path);
		await opened.books.submit(submitPayment(request));
		expect(await opened.books.payment(request.id)).toMatchObject({ request: { payload: request, number: 2 } });
		expect((await opened.books.terminals()).get("pin-1")?.open.get(request.id)).toMatchObject({ amount: 374 });
		await opened.books.submit(submitOutcome(outcome));
	}
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	expect(await books.payment(request.id)).toMatchObject({
		outcome: { payload: outcome, kind: "outcome", source: "hub" },
	});
	expect((await books.terminals()).get("pin-1")?.totals).toEqual({ count: 1, amount: 374 });
	expect(await books.payment(outcome.id)).toBeUndefined();
	expect((await books.rebuild()).same).toBe(true);
});

test("whoever watches payments hears of each request, and whether it just came", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const heard: BookedRequest[] = [];
	books.on("payment", (booked) => heard.push(booked));
	const request = pay();
	await books.submit(submitPayment(request));
	await books.submit(submitPayment(request));
	await books.submit(submitPayment({ ...pay(), id: request.id, employee: "m4" }));
	await books.submit(submitPayment({ ...pay(), terminal: "Pin 1" }));
	await books.submit(submitSale(saleFrom("kassa-1")));
	expect(heard.map(({ booking, request }) => [booking.id, booking.duplicate, request])).toEqual([
		[request.id, false, request],
		[request.id, true, undefined],
		[request.id, true, undefined],
	]);
	const [item] = await books.quarantine();
	const repaired = pay();
	expect(item?.kind).toBe("payment");
	await books.replay(item?.number as number, Buffer.from(JSON.stringify(repaired)));
	expect(heard.at(-1)).toMatchObject({ booking: { id: repaired.id, duplicate: false } });
	expect(heard.at(-1)).not.toHaveProperty("request");
});

test("a sale is held against the payment it names: missing, another amount, or used already", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const [paid, declined, settled] = [pay(), pay(), pay()];
	for (const request of [paid, declined, settled]) await books.submit(submitPayment(request));
	expect(flagsOf(await books.submit(saleOf(paid.id)))).toEqual([`PAYMENT_MISSING:${paid.id}`]);
	await books.submit(submitOutcome(outcomeOf(declined, { status: "declined", amount: 0 })));
	await books.submit(submitOutcome(outcomeOf(settled, { status: "unknown", amount: 0 })));
	await books.submit(submitOutcome(outcomeOf(settled, { id: outcomeId(settled.id, 2), by: "person" })));
	expect(flagsOf(await books.submit(saleOf(settled.id, 375)))).toEqual([`PAYMENT_DIFFERS:${settled.id}`]);
	expect(flagsOf(await books.submit(saleOf(declined.id)))).toEqual([`PAYMENT_MISSING:${declined.id}`]);
	expect(flagsOf(await books.submit(saleOf(settled.id)))).toEqual([`PAYMENT_REUSED:${settled.id}`]);
});

test("two sales that name one payment in the same group are not both clean; a redelivered one is", async () => {
	using dir = temporaryDir();
	await using opened = await openBooks(dir.path);
	const { books } = opened;
	const request = pay();
	const first = saleOf(request.id);
	const submitted = [submitPayment(request), submitOutcome(outcomeOf(request)), first, saleOf(request.id), first];
	const outcomes = await Promise.all(submitted.map((submission) => books.submit(submission)));
	expect(outcomes.slice(2).map(flagsOf)).toEqual([[], [`PAYMENT_REUSED:${request.id}`], []]);
});

test("the id of a payment's outcome is made of its own, another for each place, and a valid UUID", async () => {
	const ids = [1, 2, 3].map((place) => outcomeId(paymentRequest.example.id, place));
	expect(new Set(ids).size).toBe(3);
	for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	expect(outcomeId(paymentRequest.example.id, 1)).toBe(ids[0]);
});
