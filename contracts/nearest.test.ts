import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const drivers = ["escpos", "toledo8217", "mt-sics", "zvt"];

test.each([
	["escpoz", "escpos"],
	["ESCPOS", "escpos"],
	["toledo8127", "toledo8217"],
	["mtsics", "mt-sics"],
	["ztv", "zvt"],
	["tvz", undefined],
	["zv", "zvt"],
	["telex", undefined],
])("%s was meant as %s", (word, meant) => {
	expect(nearest(word, drivers)).toBe(meant);
});

test("what is known is its own nearest, and any word at all gives an answer", () => {
	fc.assert(
		fc.property(fc.string(), fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 5 }), (word, known) => {
			const meant = nearest(word, known);
			expect(meant === undefined || known.includes(meant)).toBe(true);
			if (known.includes(word)) expect(meant?.toLowerCase()).toBe(word.toLowerCase());
		}),
	);
	expect(nearest("x".repeat(100_000), drivers)).toBeUndefined();
});
