import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import { Sale, sale } from "@kassahub/contracts/sale.ts";
import fc from "fast-check";
import { Type } from "typebox";
import { expect, test } from "vitest";
import { CanonicalText } from "./canonical-text.ts";
import { holdsCardNumber } from "./card-numbers.ts";

const coded = new Set(["sku", "eans", "id", "refundOf", "at"]);
const text = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[0-9 -]{0,30}$/));
const integer = fc.oneof(fc.maxSafeInteger(), fc.constant(-0));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Sales by their fields, of any text: wider than the schema. */
const anySale = fc.record({
	id: text,
	register: text,
	at: text,
	receiptNumber: maybe(text),
	employee: maybe(text),
	receipt: maybe(fc.constant("none")),
	lines: fc.array(
		fc.record({ sku: text, name: text, quantity: integer, unit: text, discount: maybe(integer), total: integer }),
	),
	payments: fc.array(fc.record({ method: text, amount: integer, change: maybe(integer), reference: maybe(text) })),
	rounding: integer,
	total: integer,
});
const complete = (value: object) => {
	const { lines, ...rest } = value as Sale;
	return { ...rest, lines: lines.map((line) => ({ ...line, unitPrice: 1, vatRate: 900 })) };
};

test("the text of a sale is its canonical JSON, and no card number slips by unnoticed", () => {
	const writer = new CanonicalText(Sale, coded);
	fc.assert(
		fc.property(anySale.map(complete), (value) => {
			expect(writer.write(value)).toBe(canonicalJson(value));
			const free = [value.register, value.receiptNumber, value.employee]
				.concat(value.lines.map((line) => line.name))
				.concat(value.payments.map((payment) => payment.reference));
			if (free.some((field) => field !== undefined && holdsCardNumber(field)))
				expect(writer.mayHoldCardNumber).toBe(true);
		}),
		{ numRuns: 1000 },
	);
});

test("a plain sale holds no digits enough for a card number, whatever its id", () => {
	const writer = new CanonicalText(Sale, coded);
	writer.write({ ...sale.example, id: "01930910-5130-7011-8602-316010419010" });
	expect(writer.mayHoldCardNumber).toBe(false);
	writer.write({ ...sale.example, employee: "4111 1111 1111 1111" });
	expect(writer.mayHoldCardNumber).toBe(true);
});

test("what the writer does not know beforehand is written all the same, and taken for suspect", () => {
	const writer = new CanonicalText(Type.Object({ b: Type.Unknown(), a: Type.Array(Type.String()) }), coded);
	expect(writer.write({ b: null, a: ["x"] })).toBe('{"a":["x"],"b":null}');
	expect(writer.mayHoldCardNumber).toBe(true);
});
