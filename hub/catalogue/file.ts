import { errors } from "@kassahub/contracts/errors.ts";
import type { ImportFault } from "@kassahub/contracts/import-report.ts";
import { Product } from "@kassahub/contracts/product.ts";
import { CsvError, parse } from "csv-parse/sync";
import { Compile } from "typebox/compile";
import { schemaReasons } from "../intake/reasons.ts";
import { columns, isCellFault } from "./columns.ts";

/** A good line: the fields its columns give, and the stock that was counted, in thousandths. */
export type ProductLine = { line: number; product: Product; stock?: number };
export type ProductFile = { lines: ProductLine[]; faults: ImportFault[]; fields: Set<string> };

/** A file that is no list of products at all. */
export class CsvInvalid extends Error {
	readonly code = "CSV_INVALID";
}

const validator = Compile(Product);
const required = Object.keys(columns).filter((name) => columns[name]?.isRequired);
const headingOf = new Map(Object.entries(columns).map(([heading, { field }]) => [field, heading]));

/** Reads a file of products; every line that is wrong is named with each of its mistakes. Throws CsvInvalid. */
export function readProductFile(bytes: Uint8Array): ProductFile {
	const rows = readRows(textOf(bytes));
	const heading = rows.shift()?.cells ?? [];
	const unknown = heading.filter((name) => !Object.hasOwn(columns, name));
	const missing = required.filter((name) => !heading.includes(name));
	if (missing.length > 0) throw new CsvInvalid(`the first line names no column ${missing.join(", ")}`);
	const file: ProductFile = {
		lines: [],
		faults: unknown.map((name) => ({
			line: 1,
			field: name,
			code: "CSV_INVALID",
			message: `"${name}" is no column that is known; it was left out`,
			remedy: `Use the columns ${Object.keys(columns).join(", ")}`,
		})),
		fields: new Set(heading.flatMap((name) => columns[name]?.field ?? [])),
	};
	const seen = { sku: new Map<string, number>(), ean: new Map<string, number>() };
	for (const { line, cells } of rows) {
		const { product, stock, faults } = readLine(line, heading, cells);
		const repeated = product ? repeats(line, product, seen) : [];
		if (product && faults.length + repeated.length === 0) {
			file.lines.push({ line, product, ...(stock === undefined ? {} : { stock }) });
		}
		file.faults.push(...faults, ...repeated);
	}
	return file;
}

/** UTF-8; or what spreadsheets on Windows write, where it is no UTF-8. */
function textOf(bytes: Uint8Array): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder("windows-1252").decode(bytes);
	}
}

function readRows(text: string): { line: number; cells: string[] }[] {
	const [first = ""] = text.split(/\r?\n/, 1);
	// A Dutch spreadsheet separates by semicolon, because its decimals have commas.
	const delimiter = [";", "\t"].find((candidate) => first.includes(candidate)) ?? ",";
	try {
		const records = parse(text, {
			delimiter,
			bom: true,
			info: true,
			trim: true,
			skip_empty_lines: true,
			relax_column_count: true,
		}) as unknown as { info: { lines: number }; record: string[] }[];
		return records.map(({ info, record }) => ({ line: info.lines, cells: record }));
	} catch (error) {
		if (error instanceof CsvError) throw new CsvInvalid(error.message);
		throw error;
	}
}

type Read = { product?: Product; stock?: number; faults: ImportFault[] };

function readLine(line: number, heading: readonly string[], cells: readonly string[]): Read {
	const faults: ImportFault[] = [];
	if (cells.length > heading.length) {
		const message = `${cells.length} cells, but ${heading.length} columns`;
		return {
			faults: [
				{ line, field: "", code: "CSV_INVALID", message, remedy: 'Put text with a comma between quotes: "a, b"' },
			],
		};
	}
	const value: Record<string, unknown> = {};
	for (const [index, name] of heading.entries()) {
		const column = columns[name];
		const cell = cells[index] ?? "";
		if (!column || cell === "") continue;
		const read = column.read(cell);
		if (isCellFault(read)) faults.push({ line, field: name, ...read });
		else value[column.field] = read;
	}
	const { stock, ...product } = value;
	const told = new Set(faults.map(({ field }) => field));
	if (!validator.Check(product)) {
		for (const reason of schemaReasons(validator.Errors(product))) {
			const field = headingOf.get(reason.field.split("/")[1] ?? "") ?? "";
			if (told.has(field)) continue;
			told.add(field);
			const message = reason.message.replace(reason.field, field);
			faults.push({ line, field, code: "FIELD_INVALID", message, remedy: remedyFor(field) });
		}
	}
	if (faults.length > 0) return { faults };
	return { product: product as Product, ...(typeof stock === "number" ? { stock } : {}), faults };
}

const remedies: Record<string, string> = {
	sku: "Letters, digits, dot, dash and underscore, at most 40",
	name: "Give the product a name of at most 80 characters",
	group: "Lower-case letters, digits and dashes: groente-fruit",
	unit: "Write pcs, kg, l or m",
	price: "Between 0 and 100000 euros",
	vatRate: "Write the percentage: 0, 9 or 21",
};
const remedyFor = (field: string): string => remedies[field] ?? errors.FIELD_INVALID.remedyEn;

/** A number or barcode that stands in the file twice: which of the two is meant, only a person can say. */
function repeats(
	line: number,
	product: Product,
	seen: { sku: Map<string, number>; ean: Map<string, number> },
): ImportFault[] {
	const faults: ImportFault[] = [];
	const note = (field: "sku" | "ean", value: string) => {
		const first = seen[field].get(value);
		if (first === undefined) seen[field].set(value, line);
		else {
			const message = `${value} already stands on line ${first}`;
			faults.push({ line, field, code: "FIELD_INVALID", message, remedy: "Remove one of the two lines" });
		}
	};
	note("sku", product.sku);
	for (const ean of product.eans ?? []) note("ean", ean);
	return faults;
}
