import fc from "fast-check";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
	type BenchMessage,
	movedCents,
	type NextPayment,
	type TerminalOnBench,
} from "../../emulators/terminal-on-bench.ts";
import type { Driver, Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { type Asked, bookedCents, HubOnBench } from "./hub.testing.ts";

const victims = ["the link", "the terminal", "the hub"] as const;
type Victim = (typeof victims)[number];

/** What is asked while something dies, and what the customer does. `original`: a payment that goes before, to be undone. */
type Deed = { name: string; next: NextPayment; ask(original: Outcome): Asked; needsOriginal?: true };

const deeds: readonly Deed[] = [
	{ name: "a payment", next: { does: "approve" }, ask: () => ({ action: "pay", amount: 1995 }) },
	{
		name: "a part of a payment",
		next: { does: "approve-part", amount: 700 },
		ask: () => ({ action: "pay", amount: 1995 }),
	},
	{ name: "a declined payment", next: { does: "decline" }, ask: () => ({ action: "pay", amount: 1995 }) },
	{ name: "a payment that the customer stops", next: { does: "cancel" }, ask: () => ({ action: "pay", amount: 1995 }) },
	{ name: "a refund", next: { does: "approve" }, ask: () => ({ action: "refund", amount: 450 }) },
	{
		name: "a reversal",
		next: { does: "approve" },
		needsOriginal: true,
		ask: ({ payment }) => ({
			action: "reverse",
			original: { amount: payment?.amount ?? 0, reference: payment?.reference ?? {} },
		}),
	},
];
const TRIES_MAX = 10;
/** What can go wrong without a death, and is over when the terminal is itself again. */
const misbehaviours = ["silent", "garbled", "busy"] as const;

export type ConformanceOptions = {
	driver: Driver;
	/** All of the driver's, with timeouts that a test can wait for and a busy machine keeps. */
	settings: Record<string, unknown>;
	start: () => Promise<TerminalOnBench>;
	/** How it is connected, for the name of the suite. */
	over: string;
	/** Each death costs a timeout: only payments die, and fewer of them. */
	isSlow?: true;
	/** Deeds that a death may leave to a person to settle, because the terminal itself can't tell: never booked then. */
	leftToAPerson?: readonly string[];
	/** Other settings for deaths: shorter timeouts, of which one that comes too soon is only one more death. */
	dying?: Pick<ConformanceOptions, "settings" | "start">;
};

/**
 * What every driver of a pin terminal must hold to, against its emulator, over a real connection: never two charges for one
 * payment, never a charge without a booking, never a booking without a charge, whatever dies and at whichever message.
 */
export function conformTerminal(options: ConformanceOptions): void {
	conformEveryday(options);
	conformToDeaths({ ...options, ...options.dying });
}

function conformEveryday({ driver, settings, start, over }: ConformanceOptions): void {
	describe(`${driver.name} over ${over}`, () => {
		let terminal: TerminalOnBench;
		let hub: HubOnBench;

		beforeEach(async () => {
			terminal = await start();
			hub = new HubOnBench(driver, settings, terminal);
			await hub.connect();
		});

		afterEach(async () => {
			terminal.onMessage(undefined);
			await hub.disconnect();
			await terminal.close();
		});

		const pay = (amount: number): Promise<Outcome> => hub.ask({ action: "pay", amount });
		const moved = (): number => movedCents(terminal.charges);

		test("an approved payment is charged once, with what a receipt and a reversal need", async () => {
			const { status, payment } = await pay(1995);
			expect({ status, payment }).toMatchObject({ status: "done", payment: { status: "approved", amount: 1995 } });
			expect(payment?.reference).toMatchObject({ terminalId: expect.stringMatching(/./) });
			expect(payment?.receipts?.map((receipt) => receipt.for)).toContain("customer");
			expect(terminal.charges).toEqual([{ kind: "payment", amount: 1995, isReversed: false }]);
		});

		test("the cashier sees how far it is", async () => {
			const id = uuidv7();
			await hub.ask({ action: "pay", amount: 1995 }, id);
			const readings = hub.connected.witness.readings.filter((reading) => reading.type === "payment");
			expect(readings.length).toBeGreaterThan(0);
			for (const { payment, message } of readings) {
				expect(payment).toBe(id);
				expect(message.nl).toMatch(/\p{L}/u);
				expect(message.en).toMatch(/\p{L}/u);
			}
		});

		test("of a part that is approved, that part is told", async () => {
			terminal.next({ does: "approve-part", amount: 700 });
			expect((await pay(1995)).payment).toMatchObject({ status: "approved", amount: 700 });
			expect(moved()).toBe(700);
		});

		test.each([
			["declined", { does: "decline" }],
			["cancelled", { does: "cancel" }],
		] as const)(
			"a payment that is %s is charged nothing, and the next one is a payment like any other",
			async (status, next) => {
				terminal.next(next);
				expect(await pay(1995)).toMatchObject({ status: "done", payment: { status, amount: 0 } });
				expect(moved()).toBe(0);
				expect((await pay(1000)).payment).toMatchObject({ status: "approved", amount: 1000 });
				expect(moved()).toBe(1000);
			},
		);

		test("the register cancels a payment while the terminal waits for a card", async () => {
			terminal.next({ does: "wait" });
			const id = uuidv7();
			const paying = hub.ask({ action: "pay", amount: 1995 }, id);
			const { witness, session } = hub.connected;
			await witness.untilReading("payment", (reading) => reading.mayCancel);
			const other = { id: uuidv7(), at: new Date().toISOString(), action: "cancel" } as const;
			expect(await session.perform({ ...other, payment: uuidv7() }, jobOnPaper())).toMatchObject({ status: "failed" });
			expect(await session.perform({ ...other, payment: id }, jobOnPaper())).toMatchObject({ status: "done" });
			expect(await paying).toMatchObject({ status: "done", payment: { status: "cancelled", amount: 0 } });
			expect(moved()).toBe(0);
		});

		test("a refund moves money back", async () => {
			await pay(1995);
			const asked: Asked = { action: "refund", amount: 450 };
			expect((await hub.ask(asked)).payment).toMatchObject({ status: "approved", amount: 450 });
			expect(moved()).toBe(1545);
		});

		test("the last payment is reversed, once", async () => {
			const { payment } = await pay(1995);
			const asked: Asked = { action: "reverse", original: { amount: 1995, reference: payment?.reference ?? {} } };
			expect((await hub.ask(asked)).payment).toMatchObject({ status: "approved", amount: 1995 });
			expect(moved()).toBe(0);
			expect((await hub.ask(asked)).payment?.status ?? "failed").not.toBe("approved");
			expect(moved()).toBe(0);
		});

		test("an end of day gives the terminal's totals and begins anew", async () => {
			await pay(1000);
			await pay(2000);
			expect(await hub.ask({ action: "end-of-day" })).toMatchObject({
				status: "done",
				totals: { count: 2, amount: 3000 },
			});
			await pay(500);
			expect((await hub.ask({ action: "end-of-day" })).totals).toEqual({ count: 1, amount: 500 });
		});

		test("a self-test passes on a terminal that is well", async () => {
			expect(await hub.ask({ action: "self-test" })).toMatchObject({ status: "done" });
			expect(hub.connected.witness.conditions.at(-1)).toMatchObject({ state: "online" });
		});

		test.each(misbehaviours)("a %s terminal charges nothing, and is used again when that is over", async (how) => {
			await pay(500);
			terminal.misbehave(how);
			const { session } = hub.connected;
			const command = { id: uuidv7(), at: new Date().toISOString(), action: "pay", amount: 1995 } as const;
			const job = jobOnPaper();
			const first = await session.perform(command, job).catch(() => undefined);
			expect(first?.payment?.status ?? "failed").not.toBe("approved");
			terminal.misbehave(undefined);
			if (first === undefined || first.status === "unknown") {
				const again = await hub.connect();
				const outcome = await again.session.recover?.(command, jobOnPaper(job.kept));
				expect(outcome?.status).not.toBe("unknown");
				expect(outcome?.payment?.status ?? "failed").not.toBe("approved");
			}
			expect(moved()).toBe(500);
			await hub.connectReady();
			expect((await pay(1000)).payment?.status).toBe("approved");
			expect(moved()).toBe(1500);
		});

		test("a payment of which nothing is known here is looked for, never started", async () => {
			const { session } = hub.connected;
			const asked = { id: uuidv7(), at: new Date().toISOString(), action: "pay", amount: 1995, resumes: true } as const;
			const outcome = await session.recover?.(asked, jobOnPaper());
			expect(outcome?.payment?.status ?? outcome?.status).not.toBe("approved");
			expect(terminal.charges).toEqual([]);
		});
	});
}

function conformToDeaths({ driver, settings, start, over, isSlow, leftToAPerson = [] }: ConformanceOptions): void {
	describe(`${driver.name} over ${over}`, () => {
		let terminal: TerminalOnBench;
		let hub: HubOnBench;

		beforeEach(async () => {
			terminal = await start();
			hub = new HubOnBench(driver, settings, terminal);
			await hub.connect();
		});

		afterEach(async () => {
			terminal.onMessage(undefined);
			await hub.disconnect();
			await terminal.close();
		});

		/** A payment that is to succeed, however often a short timeout spoils it. */
		async function pay(amount: number): Promise<Outcome> {
			for (let tries = 0; tries < TRIES_MAX; tries++) {
				await hub.connect();
				const outcome = await hub.ask({ action: "pay", amount });
				if (outcome.payment?.status === "approved") return outcome;
			}
			throw new Error("no payment succeeds any more");
		}

		const strike = (victim: Victim): void => {
			if (victim === "the link") terminal.cutLink();
			else if (victim === "the terminal") void terminal.powerCycle();
			else hub.kill();
		};

		/** Asks while `strikes` fall, each at a message of its own; the message that each one fell at. */
		async function struckWhile(
			asked: Asked,
			next: NextPayment,
			strikes: Strike[],
			mayBeUnknown = false,
		): Promise<string[]> {
			const fallen: string[] = [];
			const left = [...strikes];
			await hub.connect();
			const before = movedCents(terminal.charges);
			terminal.next(next);
			terminal.onMessage((message) => {
				const [due] = left;
				if (!due || !falls(due, message)) return;
				left.shift();
				fallen.push(`${due.victim} ${message.moment} ${message.index}: ${message.direction} ${message.name}`);
				strike(due.victim);
			});
			const outcome = await hub.ask(asked);
			terminal.onMessage(undefined);
			const at = [...fallen, outcome.fault?.detail].filter(Boolean).join(", then ");
			if (mayBeUnknown && outcome.status === "unknown") return fallen;
			expect(outcome.status, at).not.toBe("unknown");
			const moved = movedCents(terminal.charges) - before;
			expect({ at, booked: bookedCents(asked, outcome) }).toEqual({ at, booked: moved });
			expect(JSON.stringify(hub.kept ?? {}), at).not.toMatch(/\d{13}/);
			return fallen;
		}

		describe.each(victims)("when %s dies", (victim) => {
			test.each(isSlow ? deeds.slice(0, 1) : deeds)(
				"at any message of $name, the books agree with the acquirer's",
				async (deed) => {
					let original = await pay(500);
					let isOver = false;
					for (let index = 0; !isOver; index++) {
						for (const moment of ["before", "after"] as const) {
							if (deed.needsOriginal) original = await pay(800);
							const strikes = [{ victim, index, moment }];
							const mayBeUnknown = leftToAPerson.includes(deed.name);
							const fallen = await struckWhile(deed.ask(original), deed.next, strikes, mayBeUnknown);
							isOver = fallen.length === 0;
						}
					}
					await pay(1000);
				},
			);
		});

		test("when several die, one after another, the books agree with the acquirer's", async () => {
			await pay(500);
			const someStrike = fc.record({
				victim: fc.constantFrom(...victims),
				index: fc.nat({ max: 24 }),
				moment: fc.constantFrom("before", "after"),
			});
			const strikes = fc.array(someStrike, { minLength: 2, maxLength: isSlow ? 2 : 3 });
			await fc.assert(
				fc.asyncProperty(strikes, async (chosen) => {
					const inOrder = chosen.toSorted((one, other) => one.index - other.index);
					await struckWhile({ action: "pay", amount: 1995 }, { does: "approve" }, inOrder);
				}),
				{ numRuns: isSlow ? 5 : 40 },
			);
		});
	});
}

type Strike = { victim: Victim; index: number; moment: "before" | "after" };

/** Not before its message; at a later one where that one never came, as after an earlier strike. */
const falls = (strike: Strike, message: BenchMessage): boolean =>
	message.index >= strike.index && message.moment === strike.moment;
