import type { Command } from "@kassahub/contracts/command.ts";
import { Result } from "@kassahub/contracts/result.ts";
import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";
import { afterEach, describe, expect, test } from "vitest";
import { EmulatedOpi } from "../../emulators/opi.ts";
import type { OpiModel } from "../../emulators/opi-messages.ts";
import { movedCents } from "../../emulators/terminal-on-bench.ts";
import { freePort } from "../../links/free-port.testing.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { Evidence, Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { opi } from "./opi.ts";
import { conformTerminal } from "./terminals.conformance.ts";

const quick = {
	workstation: "KASSA1",
	recovery: "repeat-last-message",
	answerMs: 500,
	paymentMs: 1500,
	receiptMs: 100,
	settleMs: 60,
	pollMs: 10,
	heartbeatMs: 60_000,
};
type Settings = typeof quick;

const conformingPort = await freePort();
const conform = (over: string, model: Partial<OpiModel>, isSlow?: true) =>
	conformTerminal({
		driver: opi,
		// A terminal that goes on by itself has to be given the time for it.
		settings: { ...quick, devicePort: conformingPort, settleMs: model.goesOn ? 500 : quick.settleMs },
		start: () => new EmulatedOpi({ host: "127.0.0.1", port: conformingPort }, model).listen(),
		over,
		...(isSlow ? { isSlow } : {}),
	});

conform("two channels", {});
// A part of a payment can't be told from another payment here, so that it is left to a person.
conform("two channels, with payments known by their STAN alone", { names: "nothing", prints: "after" }, true);
conform("two channels, with payments that go on when the hub is gone", { goesOn: true, names: "RequestID" }, true);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

async function bench(model: Partial<OpiModel> = {}, settings: Partial<Settings> = {}) {
	const devicePort = await freePort();
	const terminal = await new EmulatedOpi({ host: "127.0.0.1", port: devicePort }, model).listen();
	closing.push(() => terminal.close());
	const join = async (): Promise<Connected<"channels">> => {
		const connected = await connect(opi, terminal.url, { ...quick, ...settings, devicePort });
		closing.push(() => connected.link.close());
		return connected;
	};
	return { terminal, join };
}

type Asked = { action: "pay" | "refund"; amount: number } | { action: "end-of-day" | "self-test" };
const commandOf = <A extends object>(asked: A, id = uuidv7()) =>
	({ id, at: "2026-11-24T14:31:00.000+01:00", ...asked }) as unknown as Command;

const perform = (connected: Connected<"channels">, asked: Asked, evidence?: Evidence): Promise<Outcome> =>
	connected.session.perform(commandOf(asked), jobOnPaper(evidence));

const recover = async (connected: Connected<"channels">, command: Command, evidence: Evidence | undefined) =>
	(await connected.session.recover?.(command, jobOnPaper(evidence))) as Outcome;

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
		const { DeviceError } = await import("../../fault.ts");
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

describe("after an interruption", () => {
	/** The hub dies before the response leaves; `when`: at which message. */
	async function interrupted(
		model: Partial<OpiModel>,
		{
			when = "CardServiceResponse CardPayment",
			next,
			settings = {},
		}: {
			when?: string;
			next?: Parameters<EmulatedOpi["next"]>[0];
			settings?: Partial<Settings>;
		} = {},
	) {
		const { terminal, join } = await bench(model, settings);
		const first = await join();
		await perform(first, { action: "pay", amount: 1995 });
		terminal.onMessage(({ name, moment }) => {
			if (name === when && moment === "before") terminal.cutLink();
		});
		if (next) terminal.next(next);
		const command = commandOf({ action: "pay", amount: 1995 });
		const job = jobOnPaper();
		await first.session.perform(command, job).catch(() => undefined);
		terminal.onMessage(undefined);
		await first.link.close();
		await terminal.restoreLink();
		return { terminal, connected: await join(), command, evidence: job.kept };
	}

	test.each<[string, Partial<OpiModel>]>([
		["by a reference", { names: "ReferenceRequestID" }],
		["by its own number", { names: "RequestID" }],
		["by nothing but its STAN", { names: "nothing" }],
	])("a payment that the terminal names %s is found as it ended", async (_, model) => {
		const { terminal, connected, command, evidence } = await interrupted(model);
		expect(await recover(connected, command, evidence)).toMatchObject({
			payment: { status: "approved", amount: 1995 },
		});
		expect(terminal.charges).toHaveLength(2);
	});

	test("a payment that the terminal never got is not the one before it, though the amount is the same", async () => {
		for (const names of ["ReferenceRequestID", "RequestID", "nothing"] as const) {
			const { terminal, connected, command, evidence } = await interrupted(
				{ names },
				{ when: "CardServiceRequest CardPayment" },
			);
			expect(await recover(connected, command, evidence)).toMatchObject({
				status: "failed",
				fault: { code: "PAYMENT_FAILED" },
			});
			expect(terminal.charges).toHaveLength(1);
		}
	});

	test("a payment that the terminal goes on with is waited for", async () => {
		const { terminal, connected, command, evidence } = await interrupted(
			{ goesOn: true, prints: "nothing" },
			{ when: "DeviceRequest Output", next: { does: "wait" } },
		);
		const finding = recover(connected, command, evidence);
		let busy = 0;
		terminal.onMessage(({ name, moment }) => {
			if (name === "CardServiceResponse RepeatLastMessage" && moment === "after" && ++busy === 3) {
				terminal.presentCard();
			}
		});
		expect(await finding).toMatchObject({ payment: { status: "approved", amount: 1995 } });
		expect(movedCents(terminal.charges)).toBe(3990);
	});

	test("a payment that ended at the terminal because the hub was gone is found as cancelled", async () => {
		const { terminal, join } = await bench();
		const first = await join();
		terminal.next({ does: "wait" });
		const command = commandOf({ action: "pay", amount: 1995 });
		const job = jobOnPaper();
		const paying = first.session.perform(command, job).catch(() => undefined);
		await first.witness.untilReading("payment", () => true);
		await first.link.close();
		await paying;
		expect(await recover(await join(), command, job.kept)).toMatchObject({ payment: { status: "cancelled" } });
	});

	test("a declined payment is found as declined", async () => {
		const { connected, command, evidence } = await interrupted({}, { next: { does: "decline" } });
		expect(await recover(connected, command, evidence)).toMatchObject({ payment: { status: "declined", amount: 0 } });
	});

	test("a payment whose receipts could not be printed was taken back by the terminal", async () => {
		const { terminal, connected, command, evidence } = await interrupted({}, { when: "DeviceResponse Output" });
		const outcome = await recover(connected, command, evidence);
		const moved = movedCents(terminal.charges) - 1995;
		expect(outcome.payment?.amount).toBe(moved);
	});

	test("that a terminal found the payment is not taken for its approval", async () => {
		const asked = { next: { does: "decline" } } as const;
		const { connected, command, evidence } = await interrupted({ saysFound: true }, asked);
		expect(await recover(connected, command, evidence)).toMatchObject({ status: "unknown" });
	});

	test("a smaller payment under the next STAN may be part of it or somebody else's, and is not guessed", async () => {
		const part = { does: "approve-part", amount: 700 } as const;
		const { connected, command, evidence } = await interrupted({ names: "nothing" }, { next: part });
		expect(await recover(connected, command, evidence)).toMatchObject({ status: "unknown" });
	});

	test("what a new terminal does not say is not guessed", async () => {
		const { terminal, join } = await bench({ isNew: true });
		const connected = await join();
		terminal.onMessage(({ name }) => name === "CardServiceRequest CardPayment" && terminal.cutLink());
		const command = commandOf({ action: "pay", amount: 1995 });
		const job = jobOnPaper();
		await connected.session.perform(command, job).catch(() => undefined);
		terminal.onMessage(undefined);
		await terminal.restoreLink();
		expect(await recover(connected, command, job.kept)).toMatchObject({ status: "unknown" });
	});

	test("the bridge's record that was lost is made up for by the command's own id", async () => {
		const { connected, command } = await interrupted({});
		const resumed = { ...command, resumes: true } as Command;
		expect(await recover(connected, resumed, undefined)).toMatchObject({ payment: { status: "approved" } });
	});

	test("a command that had begun and kept nothing had not reached the terminal", async () => {
		const { join } = await bench();
		const command = commandOf({ action: "pay", amount: 1995 });
		expect(await recover(await join(), command, undefined)).toMatchObject({
			status: "failed",
			fault: { code: "COMMAND_NOT_STARTED" },
		});
	});

	test("by a reprinted ticket, where that is what the terminal can", async () => {
		const { connected, command, evidence } = await interrupted(
			{ knows: ["TicketReprint"] },
			{ settings: { recovery: "ticket-reprint" } },
		);
		expect(await recover(connected, command, evidence)).toMatchObject({
			payment: { status: "approved", amount: 1995 },
		});
	});

	test.each<[string, Partial<OpiModel>, Partial<Settings>]>([
		["knows no such question", { knows: [] }, {}],
		["is not to be asked", {}, { recovery: "none" }],
		["could not print a declined payment's ticket", {}, { recovery: "ticket-reprint" }],
	])("a terminal that %s leaves it to a person", async (why, model, settings) => {
		const next = why.includes("declined") ? ({ does: "decline" } as const) : undefined;
		const { connected, command, evidence } = await interrupted(model, { settings, ...(next ? { next } : {}) });
		expect(await recover(connected, command, evidence)).toMatchObject({
			status: "unknown",
			fault: { code: "PAYMENT_UNKNOWN" },
		});
	});

	test("an end of day that was interrupted is left to a person, and not done again", async () => {
		const { terminal, join } = await bench();
		const connected = await join();
		const names: string[] = [];
		terminal.onMessage(({ name }) => names.push(name));
		const command = commandOf({ action: "end-of-day" });
		expect(await recover(connected, command, { requestId: "1" })).toMatchObject({ status: "unknown" });
		expect(names).not.toContain("ServiceRequest ReconciliationWithClosure");
	});
});
