import { Result } from "@kassahub/contracts/result.ts";
import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";
import { describe, expect, test } from "vitest";
import type { OpiModel } from "../../emulators/opi-messages.ts";
import { movedCents } from "../../emulators/terminal-on-bench.ts";
import { DeviceError } from "../../fault.ts";
import type { Connected } from "../connected.testing.ts";
import type { Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { bench, commandOf, recover } from "./opi-bench.testing.ts";

type Asked = { action: "pay" | "refund"; amount: number } | { action: "end-of-day" | "self-test" };
const perform = (connected: Connected<"channels">, asked: Asked): Promise<Outcome> =>
	connected.session.perform(commandOf(asked), jobOnPaper());

const isInContract = (outcome: Outcome): boolean =>
	Value.Check(Result, { id: uuidv7(), device: "pin", action: "pay", at: "2026-11-24T14:31:00Z", ...outcome });

describe("a payment", () => {
	test("is paid with its card, its reference and both receipts, and shows what the terminal shows", async () => {
		const { terminal, join } = await bench();
		const connected = await join();
		const command = commandOf({ action: "pay", amount: 1995 });
		const outcome = await connected.session.perform(command, jobOnPaper());
		expect(outcome).toEqual({
			status: "done",
			payment: {
				status: "approved",
				amount: 1995,
				card: { brand: "Maestro", pan: "************3214", entry: "chip" },
				reference: {
					terminalId: "31000042",
					receiptNumber: "17",
					trace: "000042",
					authorisation: "A1B2C3",
					at: expect.any(String),
				},
				receipts: [
					{ for: "merchant", lines: ["Café de Emulator", "Bedrag  19.95 EUR", "Kaart ****3214", "KOPIE WINKEL"] },
					{ for: "customer", lines: ["Café de Emulator", "Bedrag  19.95 EUR", "Kaart ****3214", "KOPIE KLANT"] },
				],
			},
		});
		expect(isInContract(outcome)).toBe(true);
		expect(terminal.charges).toEqual([{ kind: "payment", amount: 1995, isReversed: false }]);
		expect(connected.witness.readings).toEqual(
			["Bied kaart aan", "Akkoord één moment"].map((text) => ({
				type: "payment",
				payment: command.id,
				message: { nl: text, en: text },
				mayCancel: true,
			})),
		);
		expect(terminal.told.map(({ outResult }) => outResult)).toEqual(Array(5).fill("Success"));
	});

	test.each<[string, Partial<OpiModel>]>([
		["receipts after the response", { prints: "after" }],
		["Authorization with a z, and amounts of one decimal", { spelling: "Authorization", dropsZero: true }],
		["ISO-8859-1", { declares: "ISO-8859-1", sends: "latin1" }],
		["ISO-8859-1 that it calls UTF-8", { sends: "latin1" }],
		["all its requests over one connection", { keepsChannelOpen: true }],
	])("is the same from a terminal with %s", async (_, model) => {
		const { terminal, join } = await bench(model);
		const outcome = await perform(await join(), { action: "pay", amount: 3950 });
		expect(outcome).toMatchObject({ status: "done", payment: { status: "approved", amount: 3950 } });
		expect(outcome.payment?.receipts?.map((receipt) => receipt.lines[0])).toEqual(Array(2).fill("Café de Emulator"));
		expect(movedCents(terminal.charges)).toBe(3950);
	});

	test("of a terminal that prints by itself is not waited for longer than set", async () => {
		const { join } = await bench({ prints: "nothing" }, { receiptMs: 0 });
		const outcome = await perform(await join(), { action: "pay", amount: 500 });
		expect(outcome.payment).toMatchObject({ status: "approved" });
		expect(outcome.payment?.receipts).toBeUndefined();
	});

	test("that is partly approved says what really moved", async () => {
		const { terminal, join } = await bench();
		terminal.next({ does: "approve-part", amount: 1000 });
		const outcome = await perform(await join(), { action: "pay", amount: 1995 });
		expect(outcome.payment).toMatchObject({ status: "approved", amount: 1000 });
		expect(movedCents(terminal.charges)).toBe(1000);
	});

	test("with PartialFailure is paid, and to be checked", async () => {
		const { terminal, join } = await bench();
		terminal.spoil = { result: "PartialFailure" };
		const { payment } = await perform(await join(), { action: "pay", amount: 1995 });
		expect(payment).toMatchObject({ status: "approved", amount: 1995 });
		expect(payment?.reason).toContain("check");
	});

	test.each([
		["declined", { does: "decline" }, { status: "declined", amount: 0, reason: "55" }],
		["stopped by the customer", { does: "cancel" }, { status: "cancelled", amount: 0, reason: "Aborted" }],
	] as const)("that is %s moved nothing", async (_, next, payment) => {
		const { terminal, join } = await bench();
		terminal.next(next);
		expect((await perform(await join(), { action: "pay", amount: 1995 })).payment).toMatchObject(payment);
		expect(terminal.charges).toEqual([]);
	});

	test.each([
		["Busy", "TERMINAL_BUSY"],
		["DeviceUnavailable", "TERMINAL_DEFECT"],
		["ValidationError", "PAYMENT_FAILED"],
	])("answered with %s was certainly not begun", async (result, code) => {
		const { terminal, join } = await bench();
		const connected = await join();
		terminal.next({ does: "decline" });
		terminal.spoil = { result };
		expect(await perform(connected, { action: "pay", amount: 1995 })).toMatchObject({
			status: "failed",
			fault: { code },
		});
	});

	test("at a terminal that was switched off meanwhile is not charged, not repeated, and the next one is taken", async () => {
		const { terminal, join } = await bench();
		const connected = await join();
		await terminal.powerCycle();
		expect(await perform(connected, { action: "pay", amount: 1995 })).toMatchObject({
			status: "failed",
			fault: { code: "PAYMENT_FAILED", detail: "Loggedout" },
		});
		expect(terminal.charges).toEqual([]);
		expect(await perform(connected, { action: "pay", amount: 1995 })).toMatchObject({
			payment: { status: "approved" },
		});
		expect(movedCents(terminal.charges)).toBe(1995);
	});

	test("at a terminal that is away was certainly not begun", async () => {
		const { terminal, join } = await bench();
		const connected = await join();
		await terminal.close();
		expect(await perform(connected, { action: "pay", amount: 1995 })).toMatchObject({
			status: "failed",
			fault: { code: "TERMINAL_UNREACHABLE" },
		});
	});

	test("is not asked for while the record of it can't be written", async () => {
		const { terminal, join } = await bench();
		const connected = await join();
		const names: string[] = [];
		terminal.onMessage(({ name }) => names.push(name));
		const outcome = await connected.session.perform(commandOf({ action: "pay", amount: 1995 }), {
			evidence: undefined,
			keep: () => Promise.reject(new DeviceError("LEDGER_UNWRITABLE")),
		});
		expect(outcome).toMatchObject({ status: "failed", fault: { code: "LEDGER_UNWRITABLE" } });
		expect(names).toEqual([]);
	});

	test("that waits for a card is cancelled at the terminal, over a connection beside it", async () => {
		const { terminal, join } = await bench();
		const connected = await join();
		terminal.next({ does: "wait" });
		const command = commandOf({ action: "pay", amount: 1995 });
		const paying = connected.session.perform(command, jobOnPaper());
		await connected.witness.untilReading("payment", () => true);
		const other = commandOf({ action: "cancel", payment: uuidv7() });
		expect(await connected.session.perform(other, jobOnPaper())).toMatchObject({ status: "failed" });
		const cancel = commandOf({ action: "cancel", payment: command.id });
		expect(await connected.session.perform(cancel, jobOnPaper())).toEqual({ status: "done" });
		expect((await paying).payment).toMatchObject({ status: "cancelled", amount: 0 });
		expect(terminal.charges).toEqual([]);
	});
});

describe("beside payments", () => {
	test("a refund, a reversal by its STAN, and an end of day with the terminal's own totals", async () => {
		const { terminal, join } = await bench();
		const connected = await join();
		await perform(connected, { action: "pay", amount: 2500 });
		const paid = await perform(connected, { action: "pay", amount: 1995 });
		expect(await perform(connected, { action: "refund", amount: 500 })).toMatchObject({ payment: { amount: 500 } });
		const original = { amount: 1995, reference: paid.payment?.reference };
		const reversal = commandOf({ action: "reverse", original });
		expect(await connected.session.perform(reversal, jobOnPaper())).toMatchObject({
			payment: { status: "approved", amount: 1995 },
		});
		expect(await connected.session.perform(commandOf({ action: "reverse", original }), jobOnPaper())).toMatchObject({
			payment: { status: "declined" },
		});
		expect(movedCents(terminal.charges)).toBe(2000);
		expect(await perform(connected, { action: "end-of-day" })).toEqual({
			status: "done",
			totals: { count: 2, amount: 2000 },
		});
	});

	test("a payment whose STAN nobody knows can't be reversed, and is not tried", async () => {
		const { join } = await bench();
		const connected = await join();
		const command = commandOf({ action: "reverse", original: { amount: 1995, reference: { receiptNumber: "17" } } });
		expect(await connected.session.perform(command, jobOnPaper())).toMatchObject({
			status: "failed",
			fault: { code: "REVERSAL_IMPOSSIBLE" },
		});
	});

	test("the terminal says who it is, and a self-test asks it again", async () => {
		const { join } = await bench();
		const connected = await join();
		expect(connected.witness.conditions.at(-1)).toEqual({
			state: "online",
			serialNumber: "31000042",
			firmware: "EMU 1.0",
		});
		expect(await perform(connected, { action: "self-test" })).toEqual({
			status: "done",
			detail: "terminal 31000042, software EMU 1.0",
		});
	});

	test("a terminal that goes away is missed, without a payment being tried", async () => {
		const { terminal, join } = await bench({}, { heartbeatMs: 100 });
		const connected = await join();
		await terminal.close();
		await expect(connected.watching).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	});
});

describe("a response that can't be trusted leaves the payment in doubt, and the terminal's memory decides", () => {
	test.each([
		["to another request", { requestId: "99999999" }, "DEVICE_GARBLED"],
		["shorter than its length says", { lengthBy: 1 }, "DEVICE_GARBLED"],
		["longer than its length says", { lengthBy: -1 }, "DEVICE_GARBLED"],
		["after the time for it", { lateMs: 1700 }, "DEVICE_UNREACHABLE"],
		["with a result that OPI does not have", { result: "Perhaps" }, "DEVICE_GARBLED"],
	])("%s", async (_, spoil, code) => {
		const { terminal, join } = await bench();
		const connected = await join();
		terminal.spoil = spoil;
		const command = commandOf({ action: "pay", amount: 1995 });
		const job = jobOnPaper();
		await expect(connected.session.perform(command, job)).rejects.toMatchObject({ code });
		terminal.spoil = {};
		expect(await recover(connected, command, job.kept)).toMatchObject({
			status: "done",
			payment: { status: "approved", amount: 1995, reference: { trace: "000042" } },
		});
		expect(movedCents(terminal.charges)).toBe(1995);
	});

	test("in two pieces is read as one", async () => {
		const { terminal, join } = await bench();
		const connected = await join();
		for (const splitAt of [1, 4, 5, 200]) {
			terminal.spoil = { splitAt };
			expect(await perform(connected, { action: "pay", amount: 1995 })).toMatchObject({ status: "done" });
		}
	});
});
