import { expect, test } from "vitest";
import { readCode } from "./redeem.ts";

test("a code is read as people type it and as links carry it, and nothing else is taken for one", () => {
	for (const text of ["482913", " 482 913 ", "482-913", "https://kassahub.local:8443/register/#code=482913"]) {
		expect(readCode(text)).toBe("482913");
	}
	for (const text of ["", "48291", "4829134", "abcdef", "#pair=482913x"]) expect(readCode(text)).toBeUndefined();
});
