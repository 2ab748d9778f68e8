import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, next } from "./zvt-decision.ts";
import type { Kept } from "./zvt-kept.ts";
import type { StatusInformation } from "./zvt-status-information.ts";

const TOLERANCE = { toleranceMinutes: 15 };
const base = { result: 0, terminalId: "31000042", card: {} };
const before: StatusInformation = {
	...base,
	amount: 500,
	receiptNumber: "0016",
	trace: "000041",
	date: "1124",
	time: "142000",
};
const paid: StatusInformation = {
	...base,
	amount: 1995,
	receiptNumber: "0017",
	trace: "000042",
	date: "1124",
	time: "143207",
};
// Local time, as the terminal's clock has it.
const startedAt = new Date(2026, 10, 24, 14, 32, 0).toISOString();
const kept: Kept = { cents: 1995, startedAt, terminalId: "31000042", last: before, seen: before };

const verdict = (asked: Kept, replay: StatusInformation | undefined): string =>
	decide(asked, replay, TOLERANCE).verdict;
const without = <K extends keyof StatusInformation>(
	information: StatusInformation,
	...fields: K[]
): StatusInformation => {
	const rest = { ...information };
	for (const field of fields) delete rest[field];
	return rest;
};

describe("the terminal's last transaction", () => {
	test.each<[string, string, Kept, StatusInformation | undefined]>([
		["is still the one before", "not-stored", kept, before],
		["is still the one before, though an approval was seen", "not-stored", { ...kept, approval: paid }, before],
		["is the next, of that amount", "stored", kept, paid],
		["is the next, of that amount, and was not done", "refused", kept, { ...paid, result: 0x6c }],
		["is the one that was approved", "stored", { ...kept, approval: paid }, paid],
		[
			"is the one that was approved in part",
			"stored",
			{ ...kept, approval: { ...paid, amount: 700 } },
			{ ...paid, amount: 700 },
		],
		["is the one that was approved, undone", "refused", { ...kept, approval: paid }, { ...paid, result: 0x6c }],
		["is the first that there ever was", "stored", { cents: 1995, startedAt, terminalId: "31000042" }, paid],
		[
			"comes after a declined one that used up a number",
			"stored",
			{ ...kept, seen: { ...paid, result: 5 } },
			{ ...paid, receiptNumber: "0018", trace: "000043" },
		],
		[
			"has a trace and no receipt number",
			"stored",
			{ ...kept, last: without(before, "receiptNumber"), seen: before },
			without(paid, "receiptNumber"),
		],
	])("%s: %s", (_, expected, asked, replay) => {
		expect(verdict(asked, replay)).toBe(expected);
	});

	test.each<[string, Kept, StatusInformation | undefined]>([
		["is not told", kept, undefined],
		["is not told, and there never was one", { cents: 1995, startedAt }, undefined],
		["is another terminal's", kept, { ...paid, terminalId: "31000043" }],
		["has another amount", kept, { ...paid, amount: 1990 }],
		["has no amount", kept, without(paid, "amount")],
		["is two after the last known", kept, { ...paid, receiptNumber: "0018", trace: "000043" }],
		["has a lower number", kept, { ...paid, receiptNumber: "0001", trace: "000001" }],
		["has the number of the one before, and another trace", kept, { ...before, trace: "000042" }],
		["has the number of the one before, and another time", kept, { ...before, time: "143207" }],
		["has no number at all", kept, without(paid, "receiptNumber", "trace")],
		["is older than the payment", kept, { ...paid, time: "141659" }],
		[
			"is another than the one approved, as a reversal of the terminal's own",
			{ ...kept, approval: paid },
			{ ...paid, receiptNumber: "0018", trace: "000043" },
		],
		["has another amount than the one approved", { ...kept, approval: { ...paid, amount: 700 } }, paid],
	])("proves nothing where it %s", (_, asked, replay) => {
		expect(decide(asked, replay, TOLERANCE)).toEqual({ verdict: "unknown", why: expect.stringMatching(/terminal/) });
	});
});

test("a terminal's clock may be a little behind, and a new year may come between", () => {
	const newYear = { ...kept, startedAt: new Date(2026, 11, 31, 23, 59, 58).toISOString() };
	expect(verdict(newYear, { ...paid, date: "0101", time: "000003" })).toBe("stored");
	expect(verdict(kept, { ...paid, time: "141701" })).toBe("stored");
	expect(
		verdict(
			{ ...kept, startedAt: new Date(2027, 0, 1, 0, 0, 5).toISOString() },
			{ ...paid, date: "1231", time: "235959" },
		),
	).toBe("stored");
});

test("after the highest number comes 1", () => {
	expect(next("9999")).toBe("0001");
	expect(next("0016")).toBe("0017");
	expect(next("999999")).toBe("000001");
});

test("no payment is found stored in a transaction of another amount, number or terminal", () => {
	const digits = (length: number) =>
		fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: length, maxLength: length });
	const any = fc.record(
		{
			result: fc.nat({ max: 255 }),
			amount: fc.nat({ max: 3000 }),
			terminalId: fc.constantFrom("31000042", "31000043"),
			receiptNumber: fc.oneof(fc.constantFrom("0016", "0017", "0018"), digits(4)),
			trace: fc.oneof(fc.constantFrom("000041", "000042"), digits(6)),
			date: fc.constantFrom("1124", "1123"),
			time: fc.constantFrom("143207", "142000"),
			card: fc.constant({}),
		},
		{ requiredKeys: ["result", "card"] },
	);
	fc.assert(
		fc.property(any, fc.option(any, { nil: undefined }), (replay, approval) => {
			const asked: Kept = approval ? { ...kept, approval } : kept;
			if (verdict(asked, replay) !== "stored") return;
			expect(replay.result).toBe(0);
			expect(replay.amount).toBe(approval ? approval.amount : 1995);
			expect(replay.terminalId ?? "31000042").toBe("31000042");
			expect(replay.receiptNumber === "0016" && replay.trace === "000041").toBe(false);
		}),
		{ numRuns: 2000 },
	);
});
