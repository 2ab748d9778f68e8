import { expect, test } from "vitest";
import { readDecimal, typeCents } from "./keypad.ts";

const typed = (keys: string[]) => keys.reduce((cents, key) => typeCents(cents, key, 1_000_000), 0);

test("digits move in from the right, like on any till", () => {
	expect(typed(["1", "2", "5", "0"])).toBe(1250);
	expect(typed(["5", "00"])).toBe(500);
	expect(typed(["1", "2", "back"])).toBe(1);
	expect(typed(["back"])).toBe(0);
});

test("a key that would make the amount absurd is ignored", () => {
	expect(typeCents(999_999, "9", 1_000_000)).toBe(999_999);
});

test.each([
	["1,25", 2, 125],
	["1.250", 3, 1250],
	["0,5", 3, 500],
	[",75", 2, 75],
	["12", 2, 1200],
	["€ 3,50", 2, 350],
])("%s reads as it was meant", (text, decimals, expected) => {
	expect(readDecimal(text, decimals)).toBe(expected);
});

test.each([["1,255"], [""], ["-1"], ["1,2,3"], ["abc"], ["12345678"], ["1.250,00"]])("%s is no amount", (text) => {
	expect(readDecimal(text, 2)).toBeUndefined();
});
