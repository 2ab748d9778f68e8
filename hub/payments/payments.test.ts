import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { expect, test } from "vitest";
import { World } from "./world.testing.ts";

async function openWorld(): Promise<World> {
	const world = new World();
	await world.become("online");
	return world;
}
const pay = { type: "pay", amount: 1995 } as const;
/** What the journal says came of a payment, the last word last. */
const words = (world: World, id: string): string[] =>
	world.journal
		.outcomesOf(id)
		.map(({ status, by, amount, fault }) =>
			[status, by, amount, fault?.code].filter((part) => part !== undefined).join(" "),
		);

test("a payment is asked of the terminal, booked when it is done, told to its register, and its receipt printed", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	expect(world.bridge.wire).toMatchObject([{ device: "pin-1", command: { id, action: "pay", amount: 1995 } }]);
	expect(world.told).toEqual([]);
	await world.finish(id, "approved");
	expect(words(world, id)).toEqual(["approved terminal 1995"]);
	const [{ register, booking } = {}] = world.told;
	expect({ register, ...booking }).toMatchObject({
		register: "kassa-1",
		id,
		kind: "outcome",
		number: 2,
		duplicate: false,
	});
	expect(booking?.outcome).toMatchObject({ payment: id, type: "pay", status: "approved", amount: 1995 });
	expect(world.printed).toEqual(["KOPIE KLANT", "**** **** **** 1111"]);
	expect(world.journal.quarantined).toEqual([]);
});

test("declined, stopped and failed payments say so in the cashier's words", async () => {
	const world = await openWorld();
	const came: string[] = [];
	for (const how of ["declined", "cancelled", "failed"] as const) {
		const id = await world.ask(pay);
		await world.finish(id, how);
		came.push(...words(world, id));
	}
	expect(came).toEqual([
		"declined terminal 0 PAYMENT_DECLINED",
		"cancelled terminal 0 PAYMENT_CANCELLED",
		"failed terminal 0 PAYMENT_FAILED",
	]);
});

test("a terminal does one thing at a time; another one is free meanwhile", async () => {
	const world = await openWorld();
	await world.become("online", "pin-2");
	const first = await world.ask(pay);
	const second = await world.ask(pay, { register: "kassa-2" });
	expect(words(world, second)).toEqual(["failed hub 0 TERMINAL_BUSY"]);
	expect(world.told).toMatchObject([{ register: "kassa-2", booking: { id: second } }]);
	const elsewhere = await world.ask(pay, { terminal: "pin-2" });
	await world.finish(first, "approved");
	await world.finish(elsewhere, "approved");
	expect(words(world, first).concat(words(world, elsewhere))).toEqual([
		"approved terminal 1995",
		"approved terminal 1995",
	]);
});

test("nothing is asked of a terminal that is away, is none, or is not in devices.yaml", async () => {
	const world = await openWorld();
	await world.become("offline");
	world.states.set("pin-3", { ...world.states.get("pin-1")!, device: "pin-3", class: "scale", state: "online" });
	const came: string[] = [];
	for (const terminal of ["pin-1", "pin-2", "pin-3", "nergens"])
		came.push(...words(world, await world.ask(pay, { terminal })));
	expect(came).toEqual([
		"failed hub 0 TERMINAL_UNREACHABLE",
		"failed hub 0 TERMINAL_UNREACHABLE",
		"failed hub 0 TERMINAL_UNKNOWN",
		"failed hub 0 TERMINAL_UNKNOWN",
	]);
	expect(world.bridge.wire).toEqual([]);
});

test("an unknown payment blocks its terminal until a person says what came of it", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	await world.finish(id, "lost");
	expect([...world.alerts.keys()]).toEqual(["PAYMENT_UNKNOWN payments:pin-1"]);
	expect(words(world, await world.ask(pay))).toEqual(["failed hub 0 TERMINAL_BLOCKED"]);
	await world.ask({ type: "settle", payment: id, outcome: "approved", reason: "bon" }, { register: "kassa-2" });
	expect(words(world, id)).toEqual(["unknown terminal 0 PAYMENT_UNKNOWN", "approved person 1995"]);
	expect(world.told.slice(-2).map(({ register }) => register)).toEqual(["kassa-1", "kassa-2"]);
	expect(world.alerts.size).toBe(0);
	const next = await world.ask(pay);
	await world.finish(next, "approved");
	expect(words(world, next)).toEqual(["approved terminal 1995"]);
});

test("a settlement of what is known already changes nothing, and is told what is known", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	await world.finish(id, "declined");
	await world.ask({ type: "settle", payment: id, outcome: "approved", reason: "bon" }, { register: "kassa-2" });
	expect(words(world, id)).toEqual(["declined terminal 0 PAYMENT_DECLINED"]);
	expect(world.told.at(-1)).toMatchObject({ register: "kassa-2", booking: { id, duplicate: true } });
});

test("a settlement that the hub was killed upon is done after its restart", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	await world.finish(id, "unknown");
	const { payments } = world;
	world.payments = { booked: async () => undefined } as unknown as typeof payments;
	await world.ask({ type: "settle", payment: id, outcome: "declined", reason: "scherm" });
	await world.restart();
	expect(words(world, id).at(-1)).toBe("declined person 0 PAYMENT_DECLINED");
	expect(world.alerts.size).toBe(0);
});

test("cancel goes to the terminal, and the payment's own outcome says what came of it", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	await world.deliver();
	await world.ask({ type: "cancel", payment: id });
	expect(world.bridge.wire).toMatchObject([{ device: "pin-1", command: { action: "cancel", payment: id } }]);
	await world.finish(id, "approved");
	expect(words(world, id)).toEqual(["cancelled terminal 0 PAYMENT_CANCELLED"]);
	await world.ask({ type: "cancel", payment: id }, { register: "kassa-2" });
	expect(world.bridge.wire).toEqual([]);
	expect(world.told.at(-1)).toMatchObject({ register: "kassa-2", booking: { id } });
});

test("only the terminal's last approved payment can be reversed, once, by the terminal's own names for it", async () => {
	const world = await openWorld();
	const first = await world.ask(pay);
	await world.finish(first, "approved");
	const second = await world.ask({ type: "pay", amount: 500 });
	await world.finish(second, "approved");
	expect(words(world, await world.ask({ type: "reverse", payment: first }))).toEqual([
		"failed hub 0 REVERSAL_IMPOSSIBLE",
	]);
	const reversal = await world.ask({ type: "reverse", payment: second });
	expect(world.bridge.wire.at(-1)?.command).toMatchObject({
		action: "reverse",
		original: { amount: 500, reference: { transactionId: second } },
	});
	await world.finish(reversal, "approved");
	expect(words(world, reversal)).toEqual(["approved terminal 500"]);
	expect(words(world, await world.ask({ type: "reverse", payment: second }))).toEqual([
		"failed hub 0 REVERSAL_IMPOSSIBLE",
	]);
	expect(world.journal.terminals.get("pin-1")?.totals).toEqual({ count: 3, amount: 1995 });
});

test("an end of day tells both totals, begins a new day, and raises an alert where they differ", async () => {
	const world = await openWorld();
	const close = async (): Promise<PaymentOutcome | undefined> => {
		const id = await world.ask({ type: "end-of-day" });
		await world.finish(id, "approved");
		return world.journal.outcomesOf(id).at(-1);
	};
	const paid = await world.ask(pay);
	await world.finish(paid, "approved");
	const back = await world.ask({ type: "refund", amount: 300 });
	await world.finish(back, "approved");
	const totals = { count: 2, amount: 1695 };
	expect(await close()).toMatchObject({ status: "approved", amount: 0, totals: { terminal: totals, journal: totals } });
	expect(world.alerts.size).toBe(0);
	world.bridge.charges.push({ id: "elsewhere", terminal: "pin-1", type: "pay", amount: 5 });
	expect(await close()).toMatchObject({ totals: { terminal: { amount: 5 }, journal: { amount: 0 } } });
	expect([...world.alerts]).toEqual([["TERMINAL_TOTALS_DIFFER payments:pin-1", "0,05 ≠ 0,00"]]);
	expect(await close()).toMatchObject({ totals: { terminal: { amount: 0 }, journal: { amount: 0 } } });
	expect(world.alerts.size).toBe(0);
});

test("after a restart what was open is asked again, in order and before anything else, and never begun anew", async () => {
	const world = await openWorld();
	const open = await world.ask(pay);
	const { payments } = world;
	world.payments = { booked: async () => undefined } as unknown as typeof payments;
	const busy = await world.ask({ type: "pay", amount: 500 });
	world.payments = payments;
	world.bridge.wire.splice(0);
	await world.restart();
	expect(world.bridge.wire).toMatchObject([{ command: { id: open, action: "pay", amount: 1995, resumes: true } }]);
	expect(world.bridge.wire[0]?.command).not.toHaveProperty("expiresAt");
	await world.become("online");
	expect(words(world, await world.ask(pay))).toEqual(["failed hub 0 TERMINAL_BUSY"]);
	for (let round = 0; round < 3; round++) await world.finish(open, "approved");
	expect(words(world, open)).toEqual(["failed terminal 0 COMMAND_UNKNOWN"]);
	expect(words(world, busy)).toEqual(["failed terminal 0 COMMAND_UNKNOWN"]);
	expect(world.bridge.charges).toEqual([]);
});

test("a payment that the terminal did while the hub was dead is booked once after its restart", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	await world.deliver();
	world.bridge.finish(id, "approved");
	await world.restart();
	await world.become("online");
	for (let round = 0; round < 2; round++) {
		await world.deliver();
		for (const result of world.bridge.untold) await world.tell(result);
	}
	expect(words(world, id)).toEqual(["approved terminal 1995"]);
	expect(world.bridge.charges).toHaveLength(1);
});

test("a result is not done with before it is in the books, and nobody is told meanwhile", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	world.journal.isFull = true;
	await world.finish(id, "approved");
	expect(world.bridge.untold).toHaveLength(1);
	expect(world.told).toEqual([]);
	await world.makeRoom();
	expect(world.bridge.untold).toEqual([]);
	expect(words(world, id)).toEqual(["approved terminal 1995"]);
	expect(world.told).toHaveLength(1);
});

test("a request that is sent again is told its outcome again, and starts nothing", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	await world.ask(pay, { id });
	expect(world.bridge.wire).toHaveLength(1);
	await world.finish(id, "approved");
	await world.ask(pay, { id });
	expect(world.told.map(({ booking }) => [booking.id, booking.duplicate])).toEqual([
		[id, false],
		[id, true],
	]);
	expect(world.bridge.wire).toEqual([]);
});

test("a request that was booked while nobody looked is asked after as one of an earlier run", async () => {
	const world = await openWorld();
	const { payments } = world;
	world.payments = { booked: async () => undefined } as unknown as typeof payments;
	const id = await world.ask(pay);
	world.payments = payments;
	await world.ask(pay, { id });
	expect(world.bridge.wire).toMatchObject([{ command: { id, resumes: true } }]);
});

test("a terminal that is away for a minute leaves its payment unknown; its own late word settles it", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	await world.deliver();
	await world.become("offline");
	await world.pass(59_000);
	expect(words(world, id)).toEqual([]);
	await world.pass(1000);
	expect(words(world, id)).toEqual(["unknown hub 0 PAYMENT_UNKNOWN"]);
	await world.become("online");
	expect(world.bridge.wire).toMatchObject([{ command: { id, resumes: true } }]);
	await world.finish(id, "approved");
	expect(words(world, id)).toEqual(["unknown hub 0 PAYMENT_UNKNOWN", "approved terminal 1995"]);
	expect(world.alerts.size).toBe(0);
});

test("a terminal that says nothing is asked again every minute, and given up after six", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	for (let minute = 1; minute <= 6; minute++) await world.pass(60_000);
	expect(world.bridge.wire.map(({ command }) => "resumes" in command)).toEqual([false, true, true, true, true, true]);
	expect(words(world, id)).toEqual(["unknown hub 0 PAYMENT_UNKNOWN"]);
});

test("a late word that says what the person said changes nothing; one that contradicts counts, and loudly", async () => {
	for (const said of ["approved", "declined"] as const) {
		const world = await openWorld();
		const id = await world.ask(pay);
		await world.deliver();
		await world.become("offline");
		await world.pass(60_000);
		await world.ask({ type: "settle", payment: id, outcome: said, reason: "scherm" });
		expect(world.alerts.size).toBe(0);
		await world.become("online");
		await world.finish(id, "approved");
		await world.tell(world.bridge.orders.get(id)!.result!);
		const isSame = said === "approved";
		expect(words(world, id).slice(2)).toEqual(isSame ? [] : ["approved terminal 1995"]);
		expect([...world.alerts.keys()]).toEqual(isSame ? [] : ["PAYMENT_CONTRADICTED payments:pin-1"]);
		expect(world.journal.terminals.get("pin-1")?.totals).toEqual({ count: 1, amount: 1995 });
		expect(world.told.at(-1)?.booking.outcome?.by).toBe(isSame ? "person" : "terminal");
	}
});

test("an approval that the journal knows nothing of is not lost on anyone", async () => {
	const world = await openWorld();
	const other = await openWorld();
	const id = await other.ask(pay);
	await other.finish(id, "approved");
	await world.tell(other.bridge.orders.get(id)!.result!);
	expect([...world.alerts]).toEqual([["PAYMENT_STRAY payments:pin-1", `19,95 · ${id}`]]);
	expect(world.journal.entries).toEqual([]);
});

test("what a driver garbles keeps the money out of no book", async () => {
	const world = await openWorld();
	const id = await world.ask(pay);
	await world.deliver();
	const payment = { status: "approved", amount: 1995, reference: { trace: "x".repeat(200) } } as const;
	await world.tell({ id, device: "pin-1", action: "pay", status: "done", at: "2026-11-23T10:15:00Z", payment });
	expect(words(world, id)).toEqual(["approved terminal 1995"]);
	expect(world.journal.outcomesOf(id)[0]).not.toHaveProperty("reference");
});

test("a terminal that does not exist leaves nothing behind", async () => {
	const world = await openWorld();
	for (let name = 0; name < 50; name++) await world.ask(pay, { terminal: `nergens-${name}` });
	expect(world.journal.terminals.size).toBe(0);
});
