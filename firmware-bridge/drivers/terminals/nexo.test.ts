import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Result } from "@kassahub/contracts/result.ts";
import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";
import { describe, expect, test } from "vitest";
import { makeCertificates } from "../../emulators/certificates.ts";
import { type EmulatedNexo, POI_ID } from "../../emulators/nexo.ts";
import { movedCents } from "../../emulators/terminal-on-bench.ts";
import { DeviceError } from "../../fault.ts";
import type { Connected } from "../connected.testing.ts";
import type { Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { bench, commandOf, folder, joined, key, passphraseFile, recover, terminalWith } from "./nexo-bench.testing.ts";

const certificates = await makeCertificates(`${POI_ID}.test.terminal.adyen.com`);

type Asked = { action: "pay" | "refund"; amount: number } | { action: "end-of-day" | "self-test" };
const perform = (connected: Connected<"http">, asked: Asked): Promise<Outcome> =>
	connected.session.perform(commandOf(asked), jobOnPaper());
describe("a payment", () => {
	test("over https and encrypted is paid with its card, its reference and both receipts", async () => {
		const terminal = await terminalWith({ key, certificates });
		const connected = await joined(terminal, { passphraseFile, caFile: certificates.caFile });
		const command = commandOf({ action: "pay", amount: 1995 });
		const outcome = await connected.session.perform(command, jobOnPaper());
		const receipt = ["", "Café de Emulator", "Datum  29/04/26", "TOTAAL € 19.95"];
		expect(outcome).toEqual({
			status: "done",
			payment: {
				status: "approved",
				amount: 1995,
				card: { brand: "mc", pan: "************9999", entry: "contactless" },
				reference: {
					terminalId: POI_ID,
					transactionId: "kh01.1",
					authorisation: "123456",
					at: expect.any(String),
				},
				receipts: [
					{ for: "merchant", lines: receipt },
					{ for: "customer", lines: receipt },
				],
			},
		});
		const result = { id: uuidv7(), device: "pin", action: "pay", at: "2026-11-24T14:31:00Z", ...outcome };
		expect(Value.Check(Result, result)).toBe(true);
		expect(terminal.charges).toEqual([{ kind: "payment", amount: 1995, isReversed: false }]);
		expect(connected.witness.readings).toEqual([
			{
				type: "payment",
				payment: command.id,
				message: { nl: "Volg de pinautomaat", en: "Follow the pin terminal" },
				mayCancel: true,
			},
		]);
		expect(connected.witness.conditions.at(-1)).toEqual({ state: "online", serialNumber: POI_ID, paper: "ok" });
	});

	test("that is partly approved, or has a tip, says what really moved", async () => {
		const { terminal, connected } = await bench();
		terminal.next({ does: "approve-part", amount: 1000 });
		expect((await perform(connected, { action: "pay", amount: 1995 })).payment).toMatchObject({
			status: "approved",
			amount: 1000,
		});
		terminal.spoil = { tip: 205 };
		expect((await perform(connected, { action: "pay", amount: 1995 })).payment?.amount).toBe(2200);
		expect(movedCents(terminal.charges)).toBe(3200);
	});

	test("whose receipt has to be signed says so", async () => {
		const { terminal, connected } = await bench();
		terminal.spoil = { needsSignature: true };
		expect((await perform(connected, { action: "pay", amount: 1995 })).payment).toMatchObject({
			status: "approved",
			reason: "the merchant's receipt has to be signed",
		});
	});

	test.each([
		["Cancel", "cancelled"],
		["Aborted", "cancelled"],
		["Refusal", "declined"],
		["WrongPIN", "declined"],
		["InvalidCard", "declined"],
	])("that failed by %s is %s, and certainly moved nothing", async (condition, status) => {
		const { terminal, connected } = await bench();
		terminal.spoil = { condition };
		expect(await perform(connected, { action: "pay", amount: 1995 })).toMatchObject({
			status: "done",
			payment: { status, amount: 0, reason: condition },
		});
	});

	test.each([
		["Busy", "TERMINAL_BUSY"],
		["LoggedOut", "PAYMENT_FAILED"],
		["NotAllowed", "PAYMENT_FAILED"],
		["MessageFormat", "PAYMENT_FAILED"],
	])("answered with %s was certainly not begun", async (condition, code) => {
		const { terminal, connected } = await bench();
		terminal.spoil = { condition };
		expect(await perform(connected, { action: "pay", amount: 1995 })).toMatchObject({
			status: "failed",
			fault: { code, detail: condition },
		});
	});

	test.each(["DeviceOut", "UnreachableHost", "UnavailableService", "SomethingNew"])(
		"that failed by %s is in doubt, and stays so where the terminal says no more",
		async (condition) => {
			const { terminal, connected } = await bench();
			terminal.spoil = { condition };
			const command = commandOf({ action: "pay", amount: 1995 });
			const job = jobOnPaper();
			expect(await connected.session.perform(command, job)).toMatchObject({ status: "unknown" });
			expect(await recover(connected, command, job.kept)).toMatchObject({
				status: "unknown",
				fault: { code: "PAYMENT_UNKNOWN", detail: condition },
			});
		},
	);

	test("at a terminal that is away was certainly not begun", async () => {
		const { terminal, connected } = await bench();
		await terminal.close();
		expect(await perform(connected, { action: "pay", amount: 1995 })).toMatchObject({
			status: "failed",
			fault: { code: "TERMINAL_UNREACHABLE" },
		});
	});

	test("is not asked for while the record of it can't be written", async () => {
		const { terminal, connected } = await bench();
		terminal.onMessage(() => expect.unreachable("something was asked"));
		const keep = () => Promise.reject(new DeviceError("LEDGER_UNWRITABLE"));
		const command = commandOf({ action: "pay", amount: 1995 });
		expect(await connected.session.perform(command, { evidence: undefined, keep })).toMatchObject({
			status: "failed",
			fault: { code: "LEDGER_UNWRITABLE" },
		});
		terminal.onMessage(undefined);
	});

	test("that waits for a card is aborted beside it, and its own answer says so", async () => {
		const { terminal, connected } = await bench();
		terminal.next({ does: "wait" });
		const command = commandOf({ action: "pay", amount: 1995 });
		const begun = new Promise((resolve) => terminal.onMessage(resolve));
		const paying = connected.session.perform(command, jobOnPaper());
		await begun;
		const other = commandOf({ action: "cancel", payment: uuidv7() });
		expect(await connected.session.perform(other, jobOnPaper())).toMatchObject({ status: "failed" });
		const cancel = commandOf({ action: "cancel", payment: command.id });
		expect(await connected.session.perform(cancel, jobOnPaper())).toEqual({ status: "done" });
		expect((await paying).payment).toMatchObject({ status: "cancelled", reason: "Aborted" });
		expect(terminal.charges).toEqual([]);
	});
});

describe("beside payments", () => {
	test("a refund, a reversal by the terminal's own name, and an end of day with its totals", async () => {
		const { terminal, connected } = await bench();
		await perform(connected, { action: "pay", amount: 2500 });
		const paid = await perform(connected, { action: "pay", amount: 1995 });
		expect(await perform(connected, { action: "refund", amount: 500 })).toMatchObject({ payment: { amount: 500 } });
		const original = { amount: 1995, reference: paid.payment?.reference };
		expect(await connected.session.perform(commandOf({ action: "reverse", original }), jobOnPaper())).toMatchObject({
			payment: { status: "approved", amount: 1995 },
		});
		expect(await connected.session.perform(commandOf({ action: "reverse", original }), jobOnPaper())).toMatchObject({
			status: "failed",
			fault: { detail: "NotAllowed" },
		});
		expect(movedCents(terminal.charges)).toBe(2000);
		expect(await perform(connected, { action: "end-of-day" })).toEqual({
			status: "done",
			totals: { count: 2, amount: 2000 },
		});
	});

	test("a payment that the terminal gave no name can't be reversed, and is not tried", async () => {
		const { connected } = await bench();
		const command = commandOf({ action: "reverse", original: { amount: 1995, reference: {} } });
		expect(await connected.session.perform(command, jobOnPaper())).toMatchObject({
			status: "failed",
			fault: { code: "REVERSAL_IMPOSSIBLE" },
		});
	});

	test("a self-test asks the terminal how it is", async () => {
		const { terminal, connected } = await bench();
		expect(await perform(connected, { action: "self-test" })).toEqual({
			status: "done",
			detail: `terminal ${POI_ID} answers`,
		});
		terminal.spoil = { change: (json) => json.replace('"GlobalStatus":"OK"', '"GlobalStatus":"Maintenance"') };
		expect(await perform(connected, { action: "self-test" })).toMatchObject({
			status: "failed",
			fault: { code: "TERMINAL_SETUP_DUE", detail: "Maintenance" },
		});
		expect(connected.witness.conditions.at(-1)?.state).toBe("degraded");
	});

	test("a terminal that goes away is missed, without a payment being tried", async () => {
		const terminal = await terminalWith();
		const connected = await joined(terminal, { heartbeatMs: 100 });
		await terminal.close();
		await expect(connected.watching).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	});
});

describe("who it talks to", () => {
	test("a terminal with another passphrase, key or version is not talked to", async () => {
		for (const other of [{ passphrase: "other" }, { identifier: "other" }, { version: 2 }]) {
			const terminal = await terminalWith({ key: { ...key, ...other } });
			await expect(joined(terminal, { passphraseFile })).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
		}
	});

	test("https in the clear, and a passphrase that is not there, are named as what has to be changed", async () => {
		const terminal = await terminalWith({ certificates });
		const { caFile } = certificates;
		const empty = join(folder, "empty");
		writeFileSync(empty, "\n");
		for (const settings of [{ caFile }, { caFile, passphraseFile: "/nowhere" }, { caFile, passphraseFile: empty }]) {
			const joining = joined(terminal, settings);
			await expect(joining).rejects.toMatchObject({ code: "DEVICE_CONFIG_INVALID" });
			await expect(joining).rejects.not.toThrow("kassahub-demo");
		}
	});

	test("the answer of another terminal is no answer", async () => {
		const terminal = await terminalWith();
		await expect(joined(terminal, { poiId: "V400m-999999999" })).resolves.toBeDefined();
		terminal.spoil = { change: (json) => json.replace(POI_ID, "V400m-000000000") };
		await expect(joined(terminal)).rejects.toMatchObject({
			code: "DEVICE_GARBLED",
			detail: "another terminal answers: V400m-000000000",
		});
	});
});

describe("an answer that can't be trusted leaves the payment in doubt, and the terminal's memory decides", () => {
	const hmac = (text: string): string => text.replace(/"Hmac":"./, '"Hmac":"!');
	test.each<[string, EmulatedNexo["spoil"], string]>([
		["with a wrong HMAC", { tamper: hmac }, "DEVICE_GARBLED"],
		["to another request", { change: (json) => json.replace(/"ServiceID":"./g, '"ServiceID":"#') }, "DEVICE_GARBLED"],
		["that is no JSON", { tamper: () => "<html>" }, "DEVICE_GARBLED"],
		["with a status of HTTP's", { httpStatus: 503 }, "DEVICE_GARBLED"],
		["that breaks off", { breakAfter: 30 }, "DEVICE_UNREACHABLE"],
		["after the time for it", { lateMs: 2200 }, "DEVICE_UNREACHABLE"],
	])("%s", async (_, spoil, code) => {
		const terminal = await terminalWith({ key });
		const connected = await joined(terminal, { passphraseFile });
		terminal.spoil = spoil;
		const command = commandOf({ action: "pay", amount: 1995 });
		const job = jobOnPaper();
		await expect(connected.session.perform(command, job)).rejects.toMatchObject({ code });
		terminal.spoil = {};
		expect(await recover(connected, command, job.kept)).toMatchObject({
			status: "done",
			payment: { status: "approved", amount: 1995, reference: { transactionId: "kh01.1" } },
		});
		expect(movedCents(terminal.charges)).toBe(1995);
	});
});
