import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonical.ts";

/** The same value with the keys of every object in another order. */
function reordered(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(reordered);
	if (typeof value !== "object" || value === null) return value;
	const entries = Object.entries(value).reverse();
	return Object.fromEntries(entries.map(([key, member]) => [key, reordered(member)]));
}

/** RFC 8785 in its own words: keys in order, everything else as JSON.stringify. */
function sortedCopy(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sortedCopy);
	if (typeof value !== "object" || value === null) return value;
	return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
const wholeText = (value: unknown): string =>
	typeof value === "object" && value !== null
		? Array.isArray(value)
			? `[${value.map(wholeText).join(",")}]`
			: `{${(sortedCopy(value) as [string, unknown][]).map(([key, member]) => `${JSON.stringify(key)}:${wholeText(member)}`).join(",")}}`
		: JSON.stringify(value);

const json = fc.oneof(
	fc.jsonValue(),
	fc.object({ maxKeys: 40, withNullPrototype: false, values: [fc.jsonValue(), fc.string({ unit: "binary" })] }),
);

test("canonical JSON does not depend on the order of keys, and reads back as the same value", () => {
	fc.assert(
		fc.property(json, (value) => {
			const text = canonicalJson(value);
			expect(canonicalJson(reordered(value))).toBe(text);
			expect(canonicalJson(JSON.parse(text))).toBe(text);
			expect(text).toBe(wholeText(value));
		}),
		{ numRuns: 1000 },
	);
});

test("keys are sorted by UTF-16 code unit, also in large objects, as RFC 8785 §3.2.3 shows", () => {
	expect(
		canonicalJson({ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 }),
	).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
	const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${(index * 37) % 50}`, index]));
	expect(Object.keys(JSON.parse(canonicalJson(many)))).toEqual(Object.keys(many).sort());
});

test("strings are escaped only where JSON must", () => {
	expect(canonicalJson('a"b\\c\n\u0001\ud800é/\u2028')).toBe('"a\\"b\\\\c\\n\\u0001\\ud800é/\u2028"');
	expect(["\ud800", "\u0000", "\n", '"', "\\", "\u007f"].map(canonicalJson)).toEqual([
		'"\\ud800"',
		'"\\u0000"',
		'"\\n"',
		'"\\""',
		'"\\\\"',
		'"\u007f"',
	]);
	expect(canonicalJson([-0, 1e21, 0.1, 5])).toBe("[0,1e+21,0.1,5]");
});

test("what JSON cannot say is refused, and absent members are left out", () => {
	expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
	for (const value of [Number.NaN, Number.POSITIVE_INFINITY, [undefined], () => 1, 1n]) {
		expect(() => canonicalJson(value)).toThrow(TypeError);
	}
});
