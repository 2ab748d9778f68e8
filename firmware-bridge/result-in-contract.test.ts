import { Result, result as resultMessage } from "@kassahub/contracts/result.ts";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { inContract } from "./result-in-contract.ts";

const paid = {
	...resultMessage.example,
	action: "pay",
	payment: { status: "approved", amount: 1995, reference: { trace: "42" } },
} as Result;

test("a result of the contract is left as it is", () => {
	expect(inContract(paid)).toEqual({ result: paid, isCut: false });
});

test.each([
	["a card number that is not masked", { payment: { ...paid.payment, card: { pan: "4111111111111111" } } }],
	["a reference that is too long", { payment: { ...paid.payment, reference: { trace: "x".repeat(65) } } }],
	[
		"a receipt line that is too long",
		{ payment: { ...paid.payment, receipts: [{ for: "customer", lines: ["x".repeat(65)] }] } },
	],
	["totals that are none", { totals: { count: -1, amount: 0 } }],
	["a fault with something else in it", { fault: { code: "PAYMENT_FAILED", detail: 5 } }],
])("%s does not keep from the hub that it was paid", (_, odd) => {
	const { result, isCut } = inContract({ ...paid, ...odd } as unknown as Result);
	expect(isCut).toBe(true);
	expect(Value.Check(Result, result)).toBe(true);
	expect(result).toMatchObject({ id: paid.id, status: "done", payment: { status: "approved", amount: 1995 } });
	expect(JSON.stringify(result)).not.toContain("4111");
});

test("an end of day keeps its totals, whatever else is odd", () => {
	const totals = { count: 3, amount: 4485 };
	const { result } = inContract({ ...paid, payment: undefined, detail: 5, totals } as unknown as Result);
	expect(result.totals).toEqual(totals);
});
