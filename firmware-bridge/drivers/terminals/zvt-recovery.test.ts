import { describe, expect, test } from "vitest";
import type { BenchMessage } from "../../emulators/terminal-on-bench.ts";
import type { ZvtOnBench } from "../../emulators/zvt-on-bench.ts";
import { zvtBench as bench, pay } from "./zvt-bench.testing.ts";

/** Cuts the link at the nth message of that name, from now on. */
function cutAt(terminal: ZvtOnBench, name: string, moment: BenchMessage["moment"], nth = 1): void {
	let seen = 0;
	terminal.onMessage((message) => {
		if (message.name.startsWith(name) && message.moment === moment && ++seen === nth) terminal.cutLink();
	});
}

describe("a payment that was lost sight of", () => {
	test("at a terminal that is still busy with it is waited for", async () => {
		const { terminal, hub, moved } = await bench({ lingers: 4 });
		await hub.ask({ action: "pay", amount: 500 });
		cutAt(terminal, "04 0F", "after");
		expect(await hub.ask(pay)).toMatchObject({ status: "done", payment: { status: "failed", amount: 0 } });
		expect(moved()).toBe(500);
	});

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
