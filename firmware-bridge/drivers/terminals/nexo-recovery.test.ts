import type { Command } from "@kassahub/contracts/command.ts";
import { describe, expect, test } from "vitest";
import { type EmulatedNexo, POI_ID } from "../../emulators/nexo.ts";
import { jobOnPaper } from "../witness.ts";
import { bench, commandOf, recover } from "./nexo-bench.testing.ts";

describe("after an interruption", () => {
	/** The cable is cut at a message; the payment's record is what the bridge kept. */
	async function interrupted(
		at: string,
		{ next, limitMs }: { next?: Parameters<EmulatedNexo["next"]>[0]; limitMs?: number } = {},
	) {
		const { terminal, connected } = await bench(limitMs);
		terminal.onMessage(({ name, moment }) => {
			if (`${moment} ${name}` === at) terminal.cutLink();
		});
		if (next) terminal.next(next);
		const command = commandOf({ action: "pay", amount: 1995 });
		const job = jobOnPaper();
		await connected.session.perform(command, job).catch(() => undefined);
		terminal.onMessage(undefined);
		await terminal.restoreLink();
		return { terminal, connected, command, evidence: job.kept };
	}

	test("a payment that was approved is found, with its receipts", async () => {
		const { terminal, connected, command, evidence } = await interrupted("before PaymentResponse");
		const found = await recover(connected, command, evidence);
		expect(found).toMatchObject({ status: "done", payment: { status: "approved", amount: 1995 } });
		expect(found.payment?.receipts).toHaveLength(2);
		expect(terminal.charges).toHaveLength(1);
	});

	test("the outer Success is not the payment's: one that was refused is found as refused", async () => {
		const { connected, command, evidence } = await interrupted("before PaymentResponse", { next: { does: "decline" } });
		expect(await recover(connected, command, evidence)).toMatchObject({ payment: { status: "declined", amount: 0 } });
	});

	test("a payment that the terminal never got is certainly not paid", async () => {
		const { terminal, connected, command, evidence } = await interrupted("before PaymentRequest");
		expect(await recover(connected, command, evidence)).toMatchObject({
			status: "failed",
			fault: { code: "PAYMENT_FAILED" },
		});
		expect(terminal.charges).toEqual([]);
	});

	test("a payment that still runs is waited for, and asked about again and again", async () => {
		const { terminal, connected } = await bench(400);
		terminal.next({ does: "wait" });
		const command = commandOf({ action: "pay", amount: 1995 });
		const job = jobOnPaper();
		const begun = new Promise<void>((resolve) => terminal.onMessage(({ moment }) => moment === "before" && resolve()));
		const paying = connected.session.perform(command, job).catch(() => undefined);
		await begun;
		await new Promise(setImmediate);
		terminal.cutLink();
		await paying;
		await terminal.restoreLink();
		let asked = 0;
		terminal.onMessage(({ name, moment }) => {
			if (name === "TransactionStatusRequest" && moment === "before") asked++;
		});
		expect(await recover(connected, command, job.kept)).toMatchObject({ payment: { status: "cancelled" } });
		expect(asked).toBeGreaterThan(1);
	});

	test("what was not to be found out is asked for later, not guessed", async () => {
		const { terminal, connected, command, evidence } = await interrupted("before PaymentResponse");
		terminal.spoil = {
			change: (json) =>
				json.replace(/"Response":\{"Result":"Success"\}/, '"Response":{"Result":"Failure","ErrorCondition":"Busy"}'),
		};
		await expect(recover(connected, command, evidence)).rejects.toMatchObject({ code: "TERMINAL_BUSY" });
	});

	test("the memory of another payment is not taken for this one's", async () => {
		const { terminal, connected, command, evidence } = await interrupted("before PaymentResponse");
		const own = String(evidence?.serviceId);
		terminal.spoil = { change: (json) => json.replaceAll(`"ServiceID":"${own}"`, '"ServiceID":"0000000000"') };
		expect(await recover(connected, command, evidence)).toMatchObject({ status: "unknown" });
	});

	test("not to be found is no proof where the terminal may have forgotten, or another one is asked", async () => {
		const { connected } = await bench();
		const command = commandOf({ action: "pay", amount: 1995 });
		const kept = { serviceId: "1", saleId: "KASSA1", poiId: POI_ID, amount: 1995, at: new Date().toISOString() };
		expect((await recover(connected, command, kept)).status).toBe("failed");
		const lastWeek = { ...kept, at: new Date(Date.now() - 7 * 86_400_000).toISOString() };
		expect((await recover(connected, command, lastWeek)).status).toBe("unknown");
		expect((await recover(connected, command, { ...kept, poiId: "V400m-1" })).status).toBe("unknown");
		expect((await recover(connected, { ...command, resumes: true } as Command, undefined)).status).toBe("unknown");
	});

	test("a record that was lost is made up for by the command's own id", async () => {
		const { connected, command } = await interrupted("before PaymentResponse");
		const resumed = { ...command, resumes: true } as Command;
		expect(await recover(connected, resumed, undefined)).toMatchObject({ payment: { status: "approved" } });
	});

	test("a command that had begun and kept nothing had not reached the terminal", async () => {
		const { connected } = await bench();
		expect(await recover(connected, commandOf({ action: "pay", amount: 1995 }), undefined)).toMatchObject({
			status: "failed",
			fault: { code: "COMMAND_NOT_STARTED" },
		});
	});

	test("an end of day that was interrupted is left to a person, and not done again", async () => {
		const { terminal, connected } = await bench();
		terminal.onMessage(() => expect.unreachable("something was asked"));
		expect(await recover(connected, commandOf({ action: "end-of-day" }), {})).toMatchObject({ status: "unknown" });
		terminal.onMessage(undefined);
	});
});
