import fc from "fast-check";
import { expect, test } from "vitest";
import { withCheckDigit } from "./check-digit.ts";
import { defaultLabelRules, LABEL_RULE, readLabel } from "./label-rules.ts";

const rule = new RegExp(LABEL_RULE);

test("the rules of the sheet and of other shops are rules", () => {
	for (const good of [...defaultLabelRules, "22IIIIVPPPPPC", "29IIIIIIWWWWC", "20IIIIIVPPPPC"])
		expect(good).toMatch(rule);
	for (const bad of [
		"",
		"11IIIIIWWWWWC",
		"21IIIIIWWWWWWC",
		"21IIIIIWWPPWC",
		"21WWWWWIIIIIC",
		"21IIIIIIIIIIC",
		"21iiiiiwwwwwc",
	]) {
		expect(bad).not.toMatch(rule);
	}
});

test("any item and value that a rule has room for come back from its label", () => {
	const shape = fc.record({
		items: fc.integer({ min: 4, max: 6 }),
		hasInnerCheck: fc.boolean(),
		letter: fc.constantFrom("W", "P"),
	});
	fc.assert(
		fc.property(shape, fc.nat(), fc.nat(), (layout, item, value) => {
			const places = 10 - layout.items - (layout.hasInnerCheck ? 1 : 0);
			const made = `24${"I".repeat(layout.items)}${layout.hasInnerCheck ? "V" : ""}${layout.letter.repeat(places)}C`;
			const itemDigits = String(item % 10 ** layout.items).padStart(layout.items, "0");
			const number = 1 + (value % (10 ** places - 1));
			const label = withCheckDigit(
				`24${itemDigits}${layout.hasInnerCheck ? "7" : ""}${String(number).padStart(places, "0")}`,
			);
			expect(made).toMatch(rule);
			expect(readLabel(label, [made])).toEqual({
				item: itemDigits,
				[layout.letter === "W" ? "grams" : "price"]: number,
			});
		}),
	);
});

test("a label of nothing has no weight: it is the article's own number", () => {
	expect(readLabel(withCheckDigit("211234500000"), defaultLabelRules)).toEqual({ item: "12345" });
});

test("a label that no rule knows says nothing", () => {
	expect(readLabel("2812345004562", defaultLabelRules)).toBeUndefined();
	expect(readLabel("2112345004563", [])).toBeUndefined();
});
