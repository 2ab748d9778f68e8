import type { CatalogueVersion } from "@kassahub/contracts/catalogue-version.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";

/** Products by SKU, each with the journal number of its last change. */
export type Catalogue = { version: number; products: Map<string, { product: Product; number: number }> };

export const emptyCatalogue = (): Catalogue => ({ version: 0, products: new Map() });

export function putProduct(catalogue: Catalogue, product: Product, number: number): void {
	catalogue.products.set(product.sku, { product, number });
	catalogue.version = number;
}

export const catalogueVersion = (catalogue: Catalogue): CatalogueVersion => ({
	version: catalogue.version,
	products: catalogue.products.size,
});

/** The products that changed after a version, in the order of their change. */
export function changedSince(catalogue: Catalogue, version: number): Product[] {
	return [...catalogue.products.values()]
		.filter((held) => held.number > version)
		.sort((a, b) => a.number - b.number)
		.map((held) => held.product);
}

/** What in a sale differs from the catalogue. A completed sale happened, so it is booked all the same. */
export function saleFlags(catalogue: Catalogue, sale: Sale): string[] {
	const flags = new Set<string>();
	for (const line of sale.lines) {
		const held = catalogue.products.get(line.sku);
		if (held === undefined) flags.add(`UNKNOWN_PRODUCT:${line.sku}`);
		else if (held.product.unitPrice !== line.unitPrice) flags.add(`PRICE_DIFFERS:${line.sku}`);
	}
	return [...flags];
}
