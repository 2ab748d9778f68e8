import type { Product } from "@kassahub/contracts/product.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { indexCodes, looksLikeCode, lookUp, ScanBuffer } from "./scan.ts";

const product = (sku: string, eans: string[], active = true): Product => ({
	sku,
	name: sku,
	group: "kaas",
	unit: "pcs",
	unitPrice: 100,
	vatRate: 900,
	eans,
	active,
});

const elstar = product("4002", ["2140020000005"]);
const cola = product("9001", ["5449000000996", "0012345678905"]);
const index = indexCodes([elstar, cola, product("gone", ["8710000000000"], false)]);

test.each([
	["5449000000996", cola],
	["2140020000005", elstar],
	["4002", elstar],
	["012345678905", cola],
])("the code %s finds its product", (code, expected) => {
	expect(lookUp(index, code)).toEqual({ kind: "product", product: expected });
});

test("an in-store code is looked up whole: a price label of the same article is not taken for it", () => {
	expect(lookUp(index, "2140020012343")).toEqual({ kind: "unknown-in-store", code: "2140020012343" });
});

test("a code nobody carries is unknown, and so is that of a product out of sale", () => {
	expect(lookUp(index, "8711111111119")).toEqual({ kind: "unknown", code: "8711111111119" });
	expect(lookUp(index, "8710000000000")).toEqual({ kind: "unknown", code: "8710000000000" });
});

const typed = (text: string, gapMs: number): string | undefined => {
	const buffer = new ScanBuffer();
	let at = 1000;
	let code: string | undefined;
	for (const key of [...text, "Enter"]) {
		at += gapMs;
		code = buffer.push(key, at);
	}
	return code;
};

test("whatever a scanner types in one burst comes out as it is", () => {
	fc.assert(
		fc.property(fc.stringMatching(/^\d{8,14}$/), fc.integer({ min: 0, max: 50 }), (code, gapMs) => {
			expect(typed(code, gapMs)).toBe(code);
		}),
	);
});

test("a person who types and presses Enter has not scanned", () => {
	expect(typed("5449000000996", 120)).toBeUndefined();
	expect(typed("12", 5)).toBeUndefined();
	expect(typed("boerenkaas", 70)).toBeUndefined();
});

test("keys typed before a scan do not become part of it", () => {
	const buffer = new ScanBuffer();
	buffer.push("9", 0);
	let at = 500;
	for (const key of "5449000000996") {
		at += 10;
		buffer.push(key, at);
	}
	expect(buffer.push("Enter", at + 10)).toBe("5449000000996");
});

test("only lengths that EANs have look like a code", () => {
	expect(["12345678", "123456789012", "5449000000996", "05449000000996"].every(looksLikeCode)).toBe(true);
	expect(["1234567", "123456789", "elstar", ""].some(looksLikeCode)).toBe(false);
});
