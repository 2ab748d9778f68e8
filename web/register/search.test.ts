import type { Product } from "@kassahub/contracts/product.ts";
import { expect, test } from "vitest";
import { searchProducts } from "./search.ts";

const product = (sku: string, name: string, nameEn?: string): Product => ({
	sku,
	name,
	...(nameEn ? { nameEn } : {}),
	group: "g",
	unit: "pcs",
	unitPrice: 100,
	vatRate: 900,
	eans: [`87${sku}000000`],
});
const products = [
	product("4020", "Jonge boerenkaas 48+", "Young farmhouse cheese"),
	product("4024", "Oude kaas", "Old Gouda"),
	product("5001", "Crème brûlée"),
	product("4002", "Elstar", "Elstar apples"),
];
const found = (query: string) => searchProducts(products, query).map(({ sku }) => sku);

test("words are found in any order, in both languages, without their accents", () => {
	expect(found("48+ boeren")).toEqual(["4020"]);
	expect(found("farmhouse")).toEqual(["4020"]);
	expect(found("creme BRULEE")).toEqual(["5001"]);
});

test("a name that starts with the query comes before one that merely holds it", () => {
	expect(found("oude")).toEqual(["4024"]);
	expect(found("kaas")).toEqual(["4024", "4020"]);
});

test("an article number or the start of an EAN finds its product, the exact number first", () => {
	expect(found("4002")).toEqual(["4002"]);
	expect(found("875001")).toEqual(["5001"]);
	expect(found("402")).toEqual(["4020", "4024"]);
});

test("nothing asked shows everything; nonsense shows nothing", () => {
	expect(found("  ")).toHaveLength(4);
	expect(found("xyzzy")).toEqual([]);
});
