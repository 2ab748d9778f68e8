import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { World } from "./world.testing.ts";

/** One thing that happens; `pick` chooses which of those there are. */
type Step = { what: string; pick: number };

const steps = {
	pay: 6,
	"pay without a hitch": 6,
	refund: 2,
	reverse: 2,
	"end-of-day": 1,
	cancel: 2,
	"ask again": 2,
	settle: 3,
	deliver: 10,
	"deliver out of order": 1,
	"lose a command": 1,
	approve: 6,
	"approve in part": 1,
	decline: 2,
	"lose the terminal's memory": 1,
	tell: 8,
	"tell again": 2,
	"kill the hub": 3,
	"kill the hub in the middle": 4,
	online: 12,
	offline: 2,
	"a second": 2,
	"a minute": 3,
	"fill the disk": 1,
	"make room": 2,
} as const;

const step: fc.Arbitrary<Step> = fc.record({
	what: fc.oneof(...Object.entries(steps).map(([what, weight]) => ({ weight, arbitrary: fc.constant(what) }))),
	pick: fc.nat(1000),
});
const terminals = ["pin-1", "pin-2"];
const chosen = <T>(items: readonly T[], pick: number): T | undefined => items[pick % Math.max(1, items.length)];

async function happen(world: World, { what, pick }: Step): Promise<void> {
	const { bridge, journal } = world;
	const terminal = terminals[pick % 2] as string;
	const register = `kassa-${1 + (pick % 3)}`;
	const where = { terminal, register };
	const requests = journal.requests().filter((request) => !["cancel", "settle"].includes(request.type));
	const earlier = chosen(requests, pick);
	const begun = chosen(bridge.begun(), pick);
	switch (what) {
		case "pay without a hitch":
			if (!journal.isFull) await world.finish(await world.ask({ type: "pay", amount: 1 + pick }, where), "approved");
			return;
		case "pay":
		case "refund":
			if (!journal.isFull) await world.ask({ type: what, amount: 1 + pick }, where);
			return;
		case "end-of-day":
			if (!journal.isFull) await world.ask({ type: what }, where);
			return;
		case "reverse": {
			const last = journal.terminals.get(terminal)?.last?.id;
			if (!journal.isFull && last) await world.ask({ type: what, payment: last }, where);
			return;
		}
		case "cancel":
			if (journal.isFull || !earlier) return;
			await world.ask({ type: what, payment: earlier.id }, { ...where, terminal: earlier.terminal });
			return;
		case "ask again": {
			if (journal.isFull || !earlier) return;
			const { id, at, ...asked } = earlier;
			await world.ask(asked, { id, terminal: earlier.terminal, register: earlier.register });
			return;
		}
		case "settle":
			await settleTruthfully(world, pick);
			return;
		case "deliver":
			return world.deliver();
		case "deliver out of order":
			return world.deliver(pick % Math.max(1, bridge.wire.length));
		case "lose a command":
			bridge.wire.shift();
			return;
		case "approve":
			if (begun) bridge.finish(begun, "approved");
			return;
		case "approve in part":
			if (begun) bridge.finish(begun, "approved", 2);
			return;
		case "decline":
			if (begun) bridge.finish(begun, "declined");
			return;
		case "lose the terminal's memory":
			if (begun) bridge.finish(begun, pick % 2 ? "lost" : "unknown");
			return;
		case "tell":
		case "tell again": {
			const results =
				what === "tell" ? bridge.untold : [...bridge.orders.values()].flatMap(({ result }) => result ?? []);
			const result = chosen(results, pick);
			if (result) await world.tell(result);
			return;
		}
		case "kill the hub":
			return world.restart();
		case "kill the hub in the middle":
			world.diesAfter = pick % 4;
			return;
		case "online":
		case "offline":
			return world.become(what, terminal);
		case "a second":
			return world.pass(999 + (pick % 3));
		case "a minute":
			return world.pass(60_000);
		case "fill the disk":
			journal.isFull = true;
			return;
		case "make room":
			return world.makeRoom();
		default:
			throw new Error(`${what}?`);
	}
}

/** A person who looks at the terminal's own paper, and never gets it wrong. */
async function settleTruthfully(world: World, pick: number): Promise<void> {
	if (world.journal.isFull) return;
	const unknown = [...world.journal.terminals].flatMap(([terminal, known]) =>
		[...known.unknown.values()].map(({ id }) => ({ terminal, id })),
	);
	const found = chosen(unknown, pick);
	// While the terminal still does it, its paper says nothing yet.
	if (!found || !world.bridge.orders.get(found.id)?.result) return;
	const charge = world.bridge.charges.find(({ id }) => id === found.id);
	// Of what was paid in part a person can't tell the amount: then the terminal's late word contradicts, as it should.
	const command = world.bridge.orders.get(found.id)?.command;
	if (charge && command && "amount" in command && charge.amount !== command.amount) return;
	const outcome = charge ? "approved" : "declined";
	await world.ask({ type: "settle", payment: found.id, outcome, reason: "bon" }, { terminal: found.terminal });
}

/** Requests whose register heard of no outcome: the hub was killed before it could tell it. */
function deafened({ journal, told }: World): PaymentRequest[] {
	const heard = new Set(told.map(({ booking }) => booking.outcome?.id));
	return journal.requests().filter(({ id }) => {
		const final = journal.outcomesOf(id).at(-1);
		return final !== undefined && !heard.has(final.id);
	});
}

/** Everything is repaired, and everybody gets the time they need. */
async function recover(world: World): Promise<void> {
	await world.makeRoom();
	for (const terminal of terminals) await world.become("online", terminal);
	for (let round = 0; round < 100; round++) {
		while (world.bridge.wire.length > 0) await world.deliver();
		for (const id of world.bridge.begun()) world.bridge.finish(id, round % 2 ? "approved" : "declined");
		for (const result of world.bridge.untold) await world.tell(result);
		if (round > 8) await settleTruthfully(world, 0);
		await world.pass(60_000);
		const rest = [...world.journal.terminals.values()].some(({ open, unknown }) => open.size + unknown.size > 0);
		for (const { id, at, terminal, register, ...asked } of deafened(world))
			await world.ask(asked, { id, terminal, register });
		if (!rest && world.bridge.untold.length + world.bridge.wire.length + world.bridge.begun().length === 0) return;
	}
	throw new Error(`something is left over: ${JSON.stringify([...world.journal.terminals.keys()])}`);
}

test("whatever happens in whatever order: one at a time, each charge once and booked, each request one final outcome", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: "max" }), async (sequence) => {
			const world = new World();
			for (const terminal of terminals) await world.become("online", terminal);
			for (const one of sequence) {
				if (world.isDead) await world.restart();
				await happen(world, one);
			}
			if (Number.isFinite(world.diesAfter)) await world.restart();
			await recover(world);

			const { bridge, journal } = world;
			expect(bridge.mostAtOnce).toBeLessThanOrEqual(1);
			expect(journal.quarantined).toEqual([]);
			expect(new Set(bridge.charges.map(({ id }) => id)).size).toBe(bridge.charges.length);
			for (const request of journal.requests()) {
				const outcomes = journal.outcomesOf(request.id);
				if (request.type === "cancel" || request.type === "settle") {
					expect(outcomes).toEqual([]);
					continue;
				}
				const final = outcomes.at(-1);
				expect(outcomes.slice(0, -1).map(({ status }) => status)).toEqual(outcomes.length === 1 ? [] : ["unknown"]);
				const charge = bridge.charges.find(({ id }) => id === request.id);
				// Where only a person knows, no more is known than that it was paid.
				const booked = final?.by === "person" && charge ? { status: "approved" } : { amount: charge?.amount ?? 0 };
				expect(final).toMatchObject({ type: request.type, ...booked });
				expect(final?.status === "approved").toBe(charge !== undefined);
				expect(world.told.some(({ booking }) => booking.outcome?.id === final?.id)).toBe(true);
			}
			for (const terminal of terminals) {
				const byPerson = journal.entries.some(({ payload }) => (payload as { by?: string }).by === "person");
				const totals = journal.terminals.get(terminal)?.totals ?? { count: 0, amount: 0 };
				if (!byPerson) expect(totals).toEqual(bridge.totals(terminal));
				const id = await world.ask({ type: "pay", amount: 777 }, { terminal });
				await world.finish(id, "approved");
				expect(journal.outcomesOf(id)).toMatchObject([{ status: "approved", amount: 777 }]);
			}
			expect([...world.alerts.keys()].filter((key) => !key.startsWith("TERMINAL_TOTALS_DIFFER"))).toEqual([]);
		}),
		{ numRuns: 400 },
	);
});
