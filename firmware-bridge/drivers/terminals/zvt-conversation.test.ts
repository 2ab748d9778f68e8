import { describe, expect, test } from "vitest";
import type { ZvtModel } from "../../emulators/zvt-model.ts";
import { DeviceError } from "../../fault.ts";
import type { Job, Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { zvtBench as bench, commandOf, pay } from "./zvt-bench.testing.ts";
import { takeStray } from "./zvt-conversation.ts";

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
		expect(await session.perform(commandOf(pay), jobOnPaper())).toMatchObject({
			status: "failed",
			fault: { code, detail: expect.not.stringMatching(/bank/) },
		});
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

	test("says that it is busy at any other time is asked again soon as well", async () => {
		const { terminal, hub } = await bench({}, { enquiryMs: 600_000 });
		const { witness } = hub.connected;
		terminal.suffer({ status: 0x9c });
		expect(await hub.ask(pay)).toMatchObject({ status: "failed", fault: { code: "TERMINAL_BUSY" } });
		expect(witness.conditions.at(-1)).toMatchObject({ state: "degraded" });
		terminal.suffer({ status: 0 });
		await witness.untilCondition(({ state }) => state === "online");
	});

	test("is busy when the hub connects is asked again soon, not at the next enquiry of an idle one", async () => {
		const { terminal, hub } = await bench({}, { enquiryMs: 600_000 });
		terminal.suffer({ status: 0x9c });
		const { witness } = await hub.connect();
		expect(witness.conditions.at(-1)).toMatchObject({ state: "degraded", fault: { code: "TERMINAL_BUSY" } });
		terminal.suffer({ status: 0 });
		await witness.untilCondition(({ state }) => state === "online");
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
