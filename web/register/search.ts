import type { Product } from "@kassahub/contracts/product.ts";

const plain = (text: string): string =>
	text
		.normalize("NFD")
		.replace(/\p{Diacritic}/gu, "")
		.toLowerCase();

/** Products whose name, in either language, has every word of the query; article numbers and EANs match from the start. */
export function searchProducts(products: readonly Product[], query: string): Product[] {
	const asked = plain(query).split(/\s+/).filter(Boolean);
	if (asked.length === 0) return [...products];
	const ranked = products.flatMap((product) => {
		const name = plain(`${product.name} ${product.nameEn ?? ""}`);
		const code = asked.length === 1 ? (asked[0] as string) : "";
		const isCode =
			code !== "" && (product.sku.startsWith(code) || (product.eans ?? []).some((ean) => ean.startsWith(code)));
		if (!isCode && !asked.every((word) => name.includes(word))) return [];
		const starts = asked.every((word) => name.split(/\s+/).some((part) => part.startsWith(word)));
		return [{ product, rank: product.sku === code ? 0 : name.startsWith(asked.join(" ")) ? 1 : starts ? 2 : 3 }];
	});
	return ranked.sort((a, b) => a.rank - b.rank).map(({ product }) => product);
}
