import { bookedPaymentExample } from "@kassahub/contracts/booked-payment.ts";
import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import { cashMovement } from "@kassahub/contracts/cash-movement.ts";
import { errors } from "@kassahub/contracts/errors.ts";
import type { EntryKind } from "@kassahub/contracts/journal-entry.ts";
import { paymentRequest } from "@kassahub/contracts/payment-request.ts";
import { productExample } from "@kassahub/contracts/product.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { stockMovement } from "@kassahub/contracts/stock-movement.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { examine } from "./examine.ts";

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const examineSale = (value: unknown) => examine({ kind: "sale", register: "kassa-1", payload: bytes(value) });
const codesOf = (examined: ReturnType<typeof examine>) =>
	examined.isFit ? [] : examined.reasons.map(({ field, code }) => `${field} ${code}`);
const keptOf = (examined: ReturnType<typeof examine>) => (examined.isFit ? "" : Buffer.from(examined.kept).toString());

test("the examples of all contracts are fit, and come back in canonical JSON", () => {
	const examples: [EntryKind, object][] = [
		["sale", sale.example],
		["cash", cashMovement.example],
		["stock", stockMovement.example],
		["product", productExample],
		["payment", paymentRequest.example],
		["outcome", bookedPaymentExample.outcome as object],
	];
	for (const [kind, example] of examples) {
		expect(examine({ kind, register: "kassa-1", payload: bytes(example) })).toEqual({
			isFit: true,
			event: example,
			text: canonicalJson(example),
		});
	}
});

test("what is no UTF-8 or no JSON is refused without quoting it", () => {
	expect(codesOf(examineSale("{"))).toEqual([" JSON_INVALID"]);
	const secret = examineSale('{"id": secret}');
	expect(secret).toMatchObject({ isFit: false, id: null, reasons: [{ code: "JSON_INVALID" }] });
	expect(secret.isFit ? "" : secret.reasons[0]?.message).not.toContain("secret");
	const latin1 = Buffer.from(JSON.stringify({ ...sale.example, employee: "é" }), "latin1");
	expect(codesOf(examine({ kind: "sale", register: "kassa-1", payload: latin1 }))).toEqual([" JSON_INVALID"]);
});

test("each wrong, missing and unknown field is named", () => {
	const { total: _, ...rest } = sale.example;
	const wrong = { ...rest, rounding: 0.5, tip: 100, lines: [{ ...sale.example.lines[0], vatRate: "9" }] };
	const examined = examineSale(wrong);
	expect(codesOf(examined).sort()).toEqual([
		"/lines/0/vatRate FIELD_INVALID",
		"/rounding FIELD_INVALID",
		"/tip FIELD_INVALID",
		"/total FIELD_INVALID",
	]);
	expect(examined).toMatchObject({ id: sale.example.id });
	expect(keptOf(examined)).toBe(JSON.stringify(wrong));
});

test("a message with a thousand mistakes gets no thousand reasons", () => {
	const lines = Array.from({ length: 400 }, () => ({ ...sale.example.lines[0], total: 1 }));
	expect(codesOf(examineSale({ ...sale.example, lines })).length).toBe(20);
	expect(codesOf(examineSale({ ...sale.example, lines: lines.map(() => ({})) })).length).toBeLessThanOrEqual(20);
});

test("times that no calendar has are refused, leap days are not", () => {
	const codesAt = (at: string) => codesOf(examineSale({ ...sale.example, at }));
	for (const at of [
		"2026-02-29T10:00:00Z",
		"2026-04-31T10:00:00Z",
		"2026-13-01T10:00:00Z",
		"2026-11-23T24:00:00Z",
		"2026-11-23T10:60:00Z",
		"2026-11-23T10:00:60Z",
		"2026-11-23T10:00:00+24:00",
		"2026-00-10T10:00:00Z",
	]) {
		expect(codesAt(at), at).toEqual(["/at TIME_INVALID"]);
	}
	for (const at of ["2024-02-29T10:00:00Z", "2000-02-29T23:59:59.999999999-23:59"]) expect(codesAt(at), at).toEqual([]);
});

test("a register speaks only for itself; whoever is no register may speak for one", () => {
	expect(codesOf(examineSale({ ...sale.example, register: "kassa-2" }))).toEqual(["/register SENDER_WRONG"]);
	const cash = bytes({ ...cashMovement.example, register: "kassa-2" });
	expect(codesOf(examine({ kind: "cash", register: "kassa-1", payload: cash }))).toEqual(["/register SENDER_WRONG"]);
	expect(codesOf(examine({ kind: "cash", register: null, payload: cash }))).toEqual([]);
});

test("a register that publishes its own sale on another register's topic is told so", () => {
	const message = { kind: "sale" as const, register: "kassa-1", payload: bytes(sale.example) };
	expect(codesOf(examine({ ...message, topic: "kassahub/registers/kassa-1/sales" }))).toEqual([]);
	expect(codesOf(examine({ ...message, topic: "kassahub/registers/kassa-2/sales" }))).toEqual([
		"/register SENDER_WRONG",
	]);
});

test("a sale whose own sums don't add up is refused", () => {
	expect(codesOf(examineSale({ ...sale.example, total: 375 }))).toEqual([
		"/total SALE_TOTAL_WRONG",
		"/payments PAYMENTS_WRONG",
	]);
});

const CARD = "4111 1111 1111 1111";

test("a card number in a free text is refused, and its digits are kept nowhere", () => {
	const payments = [{ ...sale.example.payments[0], reference: `pin ${CARD}` }];
	const examined = examineSale({ ...sale.example, payments });
	expect(codesOf(examined)).toEqual(["/payments/0/reference CARD_NUMBER_FOUND"]);
	expect(JSON.parse(keptOf(examined))).toEqual({
		...sale.example,
		payments: [{ ...sale.example.payments[0], reference: "pin **** **** **** 1111" }],
	});
	expect(
		codesOf(examine({ kind: "product", register: null, payload: bytes({ ...productExample, name: CARD }) })),
	).toEqual(["/name CARD_NUMBER_FOUND"]);
});

test("a card number in a terminal's receipt is found, a terminal's own number that looks like one is not", () => {
	const digits = CARD.replaceAll(" ", "");
	const outcome = { ...bookedPaymentExample.outcome, reference: { transactionId: digits, trace: digits } };
	const examined = (value: object) => examine({ kind: "outcome", register: null, payload: bytes(value) });
	expect(codesOf(examined(outcome))).toEqual([]);
	const receipts = [{ for: "customer", lines: ["BETAALD", CARD] }];
	expect(codesOf(examined({ ...outcome, receipts }))).toEqual(["/receipts/0/lines/1 CARD_NUMBER_FOUND"]);
	expect(keptOf(examined({ ...outcome, receipts }))).not.toContain("4111 1111");
	const fault = { code: "PAYMENT_DECLINED", detail: `card ${digits}` };
	expect(codesOf(examined({ ...outcome, fault }))).toEqual(["/fault/detail CARD_NUMBER_FOUND"]);
});

test("a payment is refused by the contract of its own type, and in another register's name", () => {
	const examined = (value: object) => examine({ kind: "payment", register: "kassa-1", payload: bytes(value) });
	const { amount: _, ...rest } = paymentRequest.example as { amount: number };
	expect(codesOf(examined(rest))).toEqual(["/amount FIELD_INVALID"]);
	expect(codesOf(examined({ ...rest, type: "cancel", reason: "x" })).sort()).toEqual([
		"/payment FIELD_INVALID",
		"/reason FIELD_INVALID",
	]);
	expect(codesOf(examined({ ...rest, type: "steal" })).length).toBeGreaterThan(0);
	expect(codesOf(examined({ ...paymentRequest.example, register: "kassa-2" }))).toEqual(["/register SENDER_WRONG"]);
});

test("an EAN as article number is no card number, even where it looks like one", () => {
	const line = { ...sale.example.lines[0], sku: "4111111111111111" };
	expect(codesOf(examineSale({ ...sale.example, lines: [line] }))).toEqual([]);
	const refused = examineSale({ ...sale.example, lines: [line], total: 1 });
	expect(keptOf(refused)).toContain('"sku":"4111111111111111"');
});

test("quarantine holds no card number, wherever in a broken message it stood", () => {
	fc.assert(
		fc.property(
			fc.string(),
			fc.constantFrom("4111111111111111", CARD, "4111-1111-1111-1111", 4111111111111111),
			fc.boolean(),
			(junk, pan, isBroken) => {
				const text = JSON.stringify({ ...sale.example, pan, [`n${junk}`]: { deep: [`x ${pan} y`] } });
				const examined = examineSale(isBroken ? text.slice(1) : text);
				expect(examined.isFit).toBe(false);
				const told = JSON.stringify(examined.isFit ? [] : examined.reasons);
				expect((keptOf(examined) + told).replace(/[ -]/g, "")).not.toContain("4111111111111111");
			},
		),
	);
});

test("garbage never crashes the intake and always gets a reason from the table of errors", () => {
	const garbage = fc.oneof(
		fc.uint8Array({ maxLength: 200 }),
		fc.json().map(bytes),
		fc
			.record({ key: fc.constantFrom(...Object.keys(sale.example)), value: fc.jsonValue() })
			.map(({ key, value }) => bytes({ ...sale.example, [key]: value })),
		fc.constant(bytes("[".repeat(100_000))),
		fc.constant(bytes(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`)),
		fc.constant(bytes('{"__proto__": {"id": 1}, "constructor": 2}')),
	);
	fc.assert(
		fc.property(
			garbage,
			fc.constantFrom<EntryKind>("sale", "cash", "stock", "product", "payment", "outcome"),
			(payload, kind) => {
				const examined = examine({ kind, register: "kassa-1", payload });
				if (examined.isFit) return;
				expect(examined.reasons.length).toBeGreaterThan(0);
				for (const { code } of examined.reasons) expect(errors).toHaveProperty(code);
			},
		),
		{ numRuns: 500 },
	);
});
