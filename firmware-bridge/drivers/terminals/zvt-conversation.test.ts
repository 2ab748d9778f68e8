import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";
import { afterEach, describe, expect, test } from "vitest";
import { type BenchMessage, movedCents } from "../../emulators/terminal-on-bench.ts";
import type { ZvtModel } from "../../emulators/zvt-model.ts";
import { type Segments, startZvtOnTcp, type ZvtOnBench } from "../../emulators/zvt-on-bench.ts";
import { DeviceError } from "../../fault.ts";
import type { Job, Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { HubOnBench } from "./hub.testing.ts";
import { zvt } from "./zvt.ts";
import { takeStray } from "./zvt-conversation.ts";
import { ZvtSettings } from "./zvt-settings.ts";

const settings = { ...Value.Create(ZvtSettings), answerMs: 1000, waitMs: 20 };
const pay = { action: "pay", amount: 1995 } as const;
const commandOf = <A extends object>(asked: A) => ({ id: uuidv7(), at: new Date().toISOString(), ...asked });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

async function bench(
	model: Partial<ZvtModel> = {},
	change: Partial<ZvtSettings> = {},
	segments: Segments = "whole",
): Promise<{ terminal: ZvtOnBench; hub: HubOnBench; moved: () => number; spoken: string[] }> {
	const terminal = await startZvtOnTcp({ model, segments });
	closing.push(() => terminal.close());
	const hub = new HubOnBench(zvt, { ...settings, ...change }, terminal);
	closing.push(() => hub.disconnect());
	await hub.connect();
	const spoken: string[] = [];
	terminal.onMessage(({ name, moment }) => {
		if (moment === "after") spoken.push(name);
	});
	return { terminal, hub, moved: () => movedCents(terminal.charges), spoken };
}

/** Cuts the link at the nth message of that name, from now on. */
function cutAt(terminal: ZvtOnBench, name: string, moment: BenchMessage["moment"], nth = 1): void {
	let seen = 0;
	terminal.onMessage((message) => {
		if (message.name.startsWith(name) && message.moment === moment && ++seen === nth) terminal.cutLink();
	});
}

describe("time", () => {
	test("that a payment may take begins anew with every sign of life (T4)", async () => {
		const { terminal, hub } = await bench({ progressMs: 60 }, { completionMs: 200 });
		terminal.next({ does: "wait" });
		const command = commandOf(pay);
		const { session, witness } = hub.connected;
		const paying = session.perform(command, jobOnPaper());
		// Eight signs of life take longer than T4.
		for (let signs = 1; signs <= 8; signs++)
			await witness.untilReading("payment", () => witness.readings.length >= signs);
		await session.perform(commandOf({ action: "cancel", payment: command.id } as const), jobOnPaper());
		expect((await paying).payment?.status).toBe("cancelled");
	});

	test("without a sign of life is over (T4), and what came of it is found out", async () => {
		const { terminal, hub, moved } = await bench({}, { completionMs: 100 });
		await hub.ask({ action: "pay", amount: 500 });
		terminal.next({ does: "wait" });
		const job = jobOnPaper();
		const command = commandOf(pay);
		const { session, link } = hub.connected;
		await expect(session.perform(command, job)).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
		expect((await link.gone).code).toBe("DEVICE_UNREACHABLE");
		const again = await hub.connect();
		const outcome = await again.session.recover?.(command, jobOnPaper(job.kept));
		expect(outcome).toMatchObject({ status: "done", payment: { status: "failed", amount: 0 } });
		expect(moved()).toBe(500);
	});

	test.each([
		["comes too late", { lateMs: 400 }],
		["is dropped", { dropsAnswer: true }],
	])("for an answer is over (T3) where it %s, and nothing is charged", async (_, faults) => {
		const { terminal, hub, moved } = await bench({}, { answerMs: 150 });
		await hub.ask({ action: "pay", amount: 500 });
		terminal.suffer(faults);
		const command = commandOf(pay);
		const job = jobOnPaper();
		await expect(hub.connected.session.perform(command, job)).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
		terminal.suffer({ lateMs: 0, dropsAnswer: false });
		const { session } = await hub.connect();
		expect((await session.recover?.(command, jobOnPaper(job.kept)))?.payment?.amount).toBe(0);
		expect(moved()).toBe(500);
	});
});

describe("an approval", () => {
	test("that comes twice is one payment", async () => {
		const { terminal, hub, moved } = await bench();
		terminal.suffer({ repeatsStatus: true });
		expect((await hub.ask(pay)).payment).toMatchObject({ status: "approved", amount: 1995 });
		expect(moved()).toBe(1995);
	});

	test("is on disk before the terminal hears that it is accepted", async () => {
		const { terminal, hub } = await bench();
		const job = jobOnPaper();
		let keptAtAnswer: unknown;
		let isNext = false;
		terminal.onMessage(({ name, direction, moment }) => {
			if (name.startsWith("04 0F")) isNext = true;
			else if (isNext && direction === "out" && moment === "before") {
				keptAtAnswer = structuredClone(job.kept);
				isNext = false;
			}
		});
		await hub.connected.session.perform(commandOf(pay), job);
		expect(keptAtAnswer).toMatchObject({ cents: 1995, approval: { amount: 1995, receiptNumber: "0017" } });
	});

	test("that can't be kept is taken back by the terminal, and says why", async () => {
		const { hub, moved, spoken } = await bench();
		let keeps = 0;
		const job: Job = {
			evidence: undefined,
			keep: async () => {
				if (++keeps === 2) throw new DeviceError("LEDGER_UNWRITABLE");
			},
		};
		const outcome = await hub.connected.session.perform(commandOf(pay), job);
		expect(outcome).toMatchObject({ fault: { code: "LEDGER_UNWRITABLE" }, payment: { amount: 0 } });
		expect(outcome.payment?.status).not.toBe("approved");
		expect(spoken).toContain("84 66");
		expect(moved()).toBe(0);
	});

	test("is never asked for where its beginning can't be kept", async () => {
		const { hub, spoken } = await bench();
		const keep = () => Promise.reject(new DeviceError("LEDGER_UNWRITABLE"));
		const outcome = await hub.connected.session.perform(commandOf(pay), { evidence: undefined, keep });
		expect(outcome).toEqual({ status: "failed", fault: { code: "LEDGER_UNWRITABLE" } });
		expect(spoken).toEqual([]);
	});

	test("that nobody here asked for is answered so that the terminal takes it back, totals are not", () => {
		const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
		const status = (data: string) => takeStray({ command: 0x040f, data: hex(data) });
		expect(status("27 00 04 00 00 00 00 19 95")).toEqual(hex("84 66 00"));
		expect(status("7E 27 00")).toEqual(hex("84 66 00"));
		expect(status("27 6C")).toEqual(hex("80 00 00"));
		expect(takeStray({ command: 0x06d8, data: hex("") })).toEqual(hex("84 83 00"));
	});
});

describe("a terminal that", () => {
	test("forgot this register is registered anew, and the payment goes on", async () => {
		const { terminal, hub, moved, spoken } = await bench();
		terminal.terminal.forgetRegistration();
		expect((await hub.ask(pay)).payment?.status).toBe("approved");
		expect(moved()).toBe(1995);
		expect(spoken.filter((name) => name.startsWith("06 01"))).toHaveLength(2);
		expect(spoken).toContain("84 6B");
	});

	test.each([
		[0xf0, "TERMINAL_END_OF_DAY_DUE"],
		[0x51, "TERMINAL_SETUP_DUE"],
		[0x62, "TERMINAL_SETUP_DUE"],
		[0xc2, "TERMINAL_SETUP_DUE"],
		[0xb1, "TERMINAL_FULL"],
		[0xcc, "TERMINAL_PRINTER"],
		[0xdc, "TERMINAL_CARD_INSIDE"],
		[0xdf, "TERMINAL_DEFECT"],
		[0x9c, "TERMINAL_BUSY"],
	])("answers %i says so as the device's condition, and takes no payment", async (status, code) => {
		const { terminal, hub, moved } = await bench({}, { enquiryMs: 50 });
		const { witness, session } = hub.connected;
		terminal.suffer({ status });
		const condition = await witness.untilCondition(({ state }) => state === "degraded");
		expect(condition).toMatchObject({ state: "degraded", fault: { code }, serialNumber: "31000042" });
		expect(await session.perform(commandOf(pay), jobOnPaper())).toMatchObject({ status: "failed", fault: { code } });
		expect(await session.perform(commandOf({ action: "self-test" } as const), jobOnPaper())).toMatchObject({
			status: "failed",
			fault: { code },
		});
		expect(moved()).toBe(0);
		terminal.suffer({ status: 0 });
		await witness.untilCondition(({ state }) => state === "online");
		expect((await hub.ask(pay)).payment?.status).toBe("approved");
	});

	test("wants its end of day gets it while degraded, and is ready then", async () => {
		const { terminal, hub } = await bench();
		await hub.ask({ action: "pay", amount: 500 });
		terminal.suffer({ status: 0xf0 });
		expect(await hub.ask({ action: "self-test" })).toMatchObject({ status: "failed" });
		expect(hub.connected.witness.conditions.at(-1)).toMatchObject({ state: "degraded" });
		expect(await hub.ask({ action: "end-of-day" })).toMatchObject({
			status: "done",
			totals: { count: 1, amount: 500 },
		});
		expect(hub.connected.witness.conditions.at(-1)).toMatchObject({ state: "online" });
	});

	test("is idle is asked how it is, and one that is paid at is not", async () => {
		const { terminal, hub, spoken } = await bench({ progressMs: 20 }, { enquiryMs: 50 });
		const { witness, session } = hub.connected;
		const enquiries = () => spoken.filter((name) => name.startsWith("05 01")).length;
		// Each answer is told, changed or not.
		await witness.untilCondition(() => enquiries() >= 3);
		terminal.next({ does: "wait" });
		const command = commandOf(pay);
		const paying = session.perform(command, jobOnPaper());
		await witness.untilReading("payment", () => true);
		const atStart = enquiries();
		const readings = witness.readings.length;
		// Ten signs of life take longer than the time between two enquiries.
		await witness.untilReading("payment", () => witness.readings.length >= readings + 10);
		expect(enquiries()).toBe(atStart);
		await session.perform(commandOf({ action: "cancel", payment: command.id } as const), jobOnPaper());
		await paying;
	});

	test("is busy when the hub connects is asked again soon, not at the next enquiry of an idle one", async () => {
		const { terminal, hub } = await bench({}, { enquiryMs: 600_000 });
		terminal.suffer({ status: 0x9c });
		const { witness } = await hub.connect();
		expect(witness.conditions.at(-1)).toMatchObject({ state: "degraded", fault: { code: "TERMINAL_BUSY" } });
		terminal.suffer({ status: 0 });
		await witness.untilCondition(({ state }) => state === "online");
	});

	test("is still busy with what was lost is waited for", async () => {
		const { terminal, hub, moved } = await bench({ lingers: 4 });
		await hub.ask({ action: "pay", amount: 500 });
		cutAt(terminal, "04 0F", "after");
		expect(await hub.ask(pay)).toMatchObject({ status: "done", payment: { status: "failed", amount: 0 } });
		expect(moved()).toBe(500);
	});

	test("has not answered yet is not told to stop before it has", async () => {
		const { terminal, hub, spoken } = await bench();
		terminal.next({ does: "wait" });
		const command = commandOf(pay);
		const { session } = hub.connected;
		const paying = session.perform(command, jobOnPaper());
		const cancel = () => session.perform(commandOf({ action: "cancel", payment: command.id } as const), jobOnPaper());
		// Not under way before its turn comes; from then on the wish waits for the answer.
		while ((await cancel()).status !== "done");
		expect((await paying).payment?.status).toBe("cancelled");
		expect(spoken.indexOf("06 B0 abort")).toBeGreaterThan(spoken.indexOf("80 00 positive"));
	});

	test("talks to its host does not stop, and the cashier hears so", async () => {
		const { terminal, hub } = await bench();
		const command = commandOf(pay);
		const { session } = hub.connected;
		let cancelling: Promise<Outcome> | undefined;
		terminal.onMessage(({ name, moment }) => {
			if (name.startsWith("04 0F") && moment === "before") {
				cancelling = session.perform(commandOf({ action: "cancel", payment: command.id } as const), jobOnPaper());
			}
		});
		expect((await session.perform(command, jobOnPaper())).payment?.status).toBe("approved");
		expect(await cancelling).toMatchObject({ status: "failed", fault: { code: "TERMINAL_BUSY" } });
	});
});

describe("segments", () => {
	test.each(["bytes", "joined"] as const)("of %s make no difference", async (segments) => {
		const { hub, moved } = await bench({}, {}, segments);
		expect((await hub.ask(pay)).payment?.receipts).toHaveLength(2);
		expect(moved()).toBe(1995);
	});
});

describe("receipts", () => {
	test.each<[string, Partial<ZvtModel>, string[]]>([
		["in blocks", { prints: "blocks" }, ["merchant", "customer"]],
		["in lines", { prints: "lines" }, ["merchant", "customer"]],
		["in lines before the approval", { prints: "lines", printsFirst: true }, ["merchant", "customer"]],
		["not at all", { prints: "nothing" }, []],
	])("that come %s are gathered", async (_, model, kinds) => {
		const { hub } = await bench(model);
		const receipts = (await hub.ask(pay)).payment?.receipts ?? [];
		expect(receipts.map((receipt) => receipt.for)).toEqual(kinds);
		for (const { lines } of receipts) expect(lines).toContain("EUR 19,95");
	});
});

test("the report of an end of day comes with its totals", async () => {
	const { hub } = await bench();
	await hub.ask(pay);
	expect(await hub.ask({ action: "end-of-day" })).toMatchObject({
		totals: { count: 1, amount: 1995 },
		payment: { status: "approved", amount: 0, receipts: [{ for: "administration" }] },
	});
});

describe("a payment that was lost sight of", () => {
	test("and was stored is found with its receipts", async () => {
		const { terminal, hub, moved } = await bench();
		await hub.ask({ action: "pay", amount: 500 });
		cutAt(terminal, "06 0F", "before");
		const outcome = await hub.ask(pay);
		expect(outcome.payment).toMatchObject({ status: "approved", amount: 1995, reference: { receiptNumber: "0018" } });
		expect(outcome.payment?.receipts).toHaveLength(2);
		expect(moved()).toBe(2495);
	});

	test.each(["84", "06 1E"] as const)(
		"on a terminal that stored nothing yet (%s) is found where it was stored, and unknown where not",
		async (emptyAnswer) => {
			const { terminal, hub, moved } = await bench({ emptyAnswer });
			cutAt(terminal, "04 0F", "after");
			expect(await hub.ask(pay)).toMatchObject({ status: "unknown", fault: { code: "PAYMENT_UNKNOWN" } });
			expect(moved()).toBe(0);
			await hub.connect();
			cutAt(terminal, "06 0F", "before");
			expect((await hub.ask(pay)).payment).toMatchObject({ status: "approved", amount: 1995 });
			expect(moved()).toBe(1995);
		},
	);

	test.each([
		["before the approval was seen", "before"],
		["after", "after"],
	] as const)("is not taken for the terminal's own reversal: cut %s", async (_, moment) => {
		const { terminal, hub, moved } = await bench({ storesOwnReversals: true });
		await hub.ask({ action: "pay", amount: 500 });
		cutAt(terminal, "04 0F", moment);
		expect((await hub.ask(pay)).status).toBe("unknown");
		expect(moved()).toBe(500);
	});

	test("after a declined one that used up a number is found", async () => {
		const { terminal, hub, moved } = await bench({ numbersDeclines: true });
		await hub.ask({ action: "pay", amount: 500 });
		terminal.next({ does: "decline" });
		await hub.ask(pay);
		cutAt(terminal, "06 0F", "before");
		expect((await hub.ask(pay)).payment?.status).toBe("approved");
		expect(moved()).toBe(2495);
	});

	test("and was declined is told as declined", async () => {
		const { terminal, hub } = await bench();
		terminal.next({ does: "decline" });
		cutAt(terminal, "06 1E", "before");
		expect((await hub.ask(pay)).payment).toMatchObject({
			status: "declined",
			amount: 0,
			reason: /Declined by the bank/,
		});
	});

	test("is never asked for again", async () => {
		const { terminal, hub } = await bench();
		const asked: string[] = [];
		terminal.onMessage(({ name, moment, index }) => {
			if (moment === "before" && name.startsWith("06 01")) asked.push(name);
			if (moment === "after" && index === 8) terminal.cutLink();
		});
		await hub.ask(pay);
		expect(asked).toHaveLength(1);
	});
});

describe("transaction ids", () => {
	test("are mirrored as they came, and a terminal that keeps what was not acknowledged is found out", async () => {
		const { terminal, hub, moved } = await bench({ sendsTransactionIds: true });
		expect((await hub.ask({ action: "pay", amount: 500 })).payment?.reference?.transactionId).toBe("0017");
		cutAt(terminal, "04 0F", "before");
		expect((await hub.ask(pay)).payment).toMatchObject({ status: "approved", amount: 1995 });
		expect(moved()).toBe(2495);
		await hub.ask({ action: "pay", amount: 100 });
		// Had the hub mirrored an older one, the terminal would have taken the last payment back.
		expect(moved()).toBe(2595);
	});
});

describe("a reversal", () => {
	test.each([
		["on another terminal", { receiptNumber: "0017", terminalId: "99999999" }],
		["without a receipt number", { terminalId: "31000042" }],
	])("%s is refused before the terminal is asked", async (_, reference) => {
		const { hub, spoken } = await bench();
		const outcome = await hub.ask({ action: "reverse", original: { amount: 500, reference } });
		expect(outcome).toMatchObject({ status: "failed", fault: { code: "REVERSAL_IMPOSSIBLE" } });
		expect(spoken).toEqual([]);
	});
});

describe("an end of day that was lost sight of", () => {
	test.each([
		["before it was asked for", "06 50", "before", { status: "failed", fault: { code: "TERMINAL_END_OF_DAY_DUE" } }],
		["before its totals were acknowledged", "04 0F", "after", { status: "failed" }],
		["before its end", "06 0F", "before", { status: "done", totals: { count: 1, amount: 500 } }],
	] as const)("is found out by what is open: cut %s", async (_, name, moment, expected) => {
		const { terminal, hub } = await bench();
		await hub.ask({ action: "pay", amount: 500 });
		cutAt(terminal, name, moment);
		expect(await hub.ask({ action: "end-of-day" })).toMatchObject(expected);
	});
});
