import type { ImportFault, ImportReport } from "@kassahub/contracts/import-report.ts";
import type { EntryKind } from "@kassahub/contracts/journal-entry.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Rejection } from "@kassahub/contracts/rejection.ts";
import { type StockMovement, stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { uuidv7 } from "uuidv7";
import type { Outcome, Submission } from "../books/submission.ts";
import { type ProductFile, readProductFile } from "./file.ts";

type BooksOfImport = {
	catalogue(since: number): Promise<{ version: number; products: Product[] }>;
	submit(submission: Submission): Promise<Outcome>;
};

type ImportOptions = {
	/** Who imports: `technician:console`. */
	source: string;
	/** Also book the column `stock` as counted. */
	countsStock: boolean;
	/** Wall time of the count. */
	at: string;
};

const TOPIC = "catalogue import";
/** Enough to fill a commit, few enough to leave room for the sales that come in meanwhile. */
const AT_ONCE = 50;

/**
 * Brings a file of products into the books: good lines go in, the others are reported.
 * A product that is already so is not journaled again. A column the file does not have leaves its field as it was.
 * Throws CsvInvalid, and JournalError where nothing could be kept.
 */
export async function importCatalogue(
	books: BooksOfImport,
	bytes: Uint8Array,
	{ source, countsStock, at }: ImportOptions,
): Promise<ImportReport> {
	const file = readProductFile(bytes);
	const { products } = await books.catalogue(0);
	const known = new Map(products.map((product) => [product.sku, product]));
	const report: ImportReport = { changed: 0, unchanged: 0, counted: 0, faults: file.faults };
	const book = (kind: EntryKind, topic: string, event: object) =>
		books.submit({ kind, source, register: null, topic, payload: new TextEncoder().encode(JSON.stringify(event)) });

	await inBatches(file.lines, async ({ line, product }) => {
		const outcome = await book("product", TOPIC, mergeProduct(known.get(product.sku), product, file.fields));
		if (outcome.status === "rejected") report.faults.push(...faultsOf(outcome.rejection, line));
		else if (outcome.booking.duplicate) report.unchanged++;
		else report.changed++;
	});
	if (!countsStock) return report;
	await inBatches(file.lines, async ({ line, product, stock }) => {
		if (stock === undefined) return;
		const count: StockMovement = { id: uuidv7(), at, sku: product.sku, type: "count", quantity: stock };
		const outcome = await book("stock", stockMovement.topic, count);
		if (outcome.status === "rejected") report.faults.push(...faultsOf(outcome.rejection, line));
		else report.counted++;
	});
	return report;
}

/** What the file says of a product, with what it does not speak of as it was. */
export function mergeProduct(known: Product | undefined, read: Product, fields: ProductFile["fields"]): Product {
	const kept = Object.entries(known ?? {}).filter(([field]) => !fields.has(field));
	return { ...Object.fromEntries(kept), ...read };
}

const faultsOf = ({ reasons }: Rejection, line: number): ImportFault[] =>
	reasons.map(({ field, code, message, remedy }) => ({ line, field: field.slice(1), code, message, remedy }));

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
	for (let start = 0; start < items.length; start += AT_ONCE) {
		await Promise.all(items.slice(start, start + AT_ONCE).map(work));
	}
}
