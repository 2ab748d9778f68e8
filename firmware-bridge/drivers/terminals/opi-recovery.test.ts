import type { Command } from "@kassahub/contracts/command.ts";
import { describe, expect, test } from "vitest";
import type { EmulatedOpi } from "../../emulators/opi.ts";
import type { OpiModel } from "../../emulators/opi-messages.ts";
import { movedCents } from "../../emulators/terminal-on-bench.ts";
import { jobOnPaper } from "../witness.ts";
import { bench, commandOf, recover, type Settings } from "./opi-bench.testing.ts";

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
			settings?: Settings;
		} = {},
	) {
		const { terminal, join } = await bench(model, settings);
		const first = await join();
		await first.session.perform(commandOf({ action: "pay", amount: 1995 }), jobOnPaper());
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

	test.each<[string, Partial<OpiModel>, Settings]>([
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
