import type { Product } from "@kassahub/contracts/product.ts";

export type ScanResult =
	| { kind: "product"; product: Product }
	/** A code of the in-store range (GS1 prefix 2) that no product carries, such as a price label of a scale. */
	| { kind: "unknown-in-store"; code: string }
	| { kind: "unknown"; code: string };

/** A scanner types faster than any person: digits further apart than this do not belong to one scan. */
export const SCAN_WITHIN_MS = 100;
const CODE_LENGTH_MIN = 6;

/** Every code, and every article number, to its product. */
export function indexCodes(products: Iterable<Product>): Map<string, Product> {
	const index = new Map<string, Product>();
	for (const product of products) {
		if (product.active === false) continue;
		if (!index.has(product.sku)) index.set(product.sku, product);
		for (const ean of product.eans ?? []) index.set(ean, product);
	}
	return index;
}

/**
 * Looks up a scanned code as a whole: prices and weights inside in-store codes are not read.
 * UPC-A (12 digits) and EAN-13 with a leading zero are the same number (GS1 General Specifications §1.4).
 */
export function lookUp(index: ReadonlyMap<string, Product>, scanned: string): ScanResult {
	const code = scanned.trim();
	const product = index.get(code) ?? index.get(`0${code}`) ?? index.get(code.replace(/^0(?=\d{12}$)/, ""));
	if (product) return { kind: "product", product };
	if (/^2\d{12}$/.test(code)) return { kind: "unknown-in-store", code };
	return { kind: "unknown", code };
}

export const looksLikeCode = (text: string): boolean => /^\d{8}$|^\d{12,14}$/.test(text.trim());

/** Tells a scanner's burst of keys, ended by Enter, from a person's typing. */
export class ScanBuffer {
	#text = "";
	#lastMs = Number.NEGATIVE_INFINITY;

	/** Feeds one key with its time; answers the code where this Enter ends a scan. */
	push(key: string, atMs: number): string | undefined {
		if (atMs - this.#lastMs > SCAN_WITHIN_MS) this.#text = "";
		this.#lastMs = atMs;
		if (key === "Enter") {
			const code = this.#text;
			this.#text = "";
			return code.length >= CODE_LENGTH_MIN ? code : undefined;
		}
		// EANs are digits: a quick typist's word is none.
		if (/^\d$/.test(key)) this.#text += key;
		else if (key !== "Shift") this.#text = "";
		return undefined;
	}

	/** Digits of the burst so far; 0 where the next key starts a new one. */
	get length(): number {
		return this.#text.length;
	}
}
