import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Books } from "../books/books.ts";
import { CsvInvalid, readProductFile } from "./file.ts";
import { importCatalogue } from "./import.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const heading = "sku,name,group,unit,price,vatRate,ean,stock\n";
const read = (text: string) => readProductFile(bytesOf(text));
const faultsOf = (text: string) => read(text).faults.map(({ line, field }) => `${line} ${field}`);

describe("a file of products", () => {
	test("of a Dutch spreadsheet is read: semicolons, commas in prices, a byte order mark, Windows letters", () => {
		const text = "sku;name;group;unit;price;vatRate\r\n1;Crème fraîche;zuivel;pcs;2,99;9\r\n";
		const expected = { sku: "1", name: "Crème fraîche", group: "zuivel", unit: "pcs", unitPrice: 299, vatRate: 900 };
		expect(read(`\uFEFF${text}`).lines).toEqual([{ line: 2, product: expected }]);
		expect(readProductFile(Buffer.from(text, "latin1")).lines).toEqual([{ line: 2, product: expected }]);
	});

	test("has every mistake named by its line and column, and keeps the good lines", () => {
		const text = `${heading}1,A,g,pcs,2.99,9,,\n2,,g,pcs,2.999,9,,\n\n3,C,G g,stuk,1,9,8710000000001,x\n4,D,g,kg,1,9,,\n`;
		const file = read(text);
		expect(file.lines.map(({ product }) => product.sku)).toEqual(["1", "4"]);
		expect(faultsOf(text)).toEqual(["3 price", "3 name", "5 ean", "5 stock", "5 group", "5 unit"]);
		for (const { message, remedy } of file.faults) expect(message !== "" && remedy !== "").toBe(true);
	});

	test("with a number or barcode twice names the second", () => {
		const text = `${heading}1,A,g,pcs,1,9,2140020000005,\n1,B,g,pcs,1,9,,\n2,C,g,pcs,1,9,2140020000005,\n`;
		expect(faultsOf(text)).toEqual(["3 sku", "4 ean"]);
	});

	test("with an unquoted comma in a name is not read shifted", () => {
		expect(faultsOf(`${heading}1,Kaas, oud,g,pcs,1,9,,\n`)).toEqual(["2 "]);
	});

	test("says which columns are not known, or missing", () => {
		expect(faultsOf("sku,name,group,unit,price,vatRate,kleur\n1,A,g,pcs,1,9,rood\n")).toEqual(["1 kleur"]);
		expect(() => read("sku,name\n1,A\n")).toThrow("group, unit, price, vatRate");
		expect(() => read("")).toThrow(CsvInvalid);
		expect(() => read(`${heading}"1,A`)).toThrow(CsvInvalid);
	});

	test("of any bytes is read or refused, never crashed on", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, hasHeading) => {
				try {
					readProductFile(hasHeading ? Buffer.concat([bytesOf(heading), bytes]) : bytes);
				} catch (error) {
					expect(error).toBeInstanceOf(CsvInvalid);
				}
			}),
		);
	});
});

describe("an import", () => {
	let dataDir: string;
	let books: Books;
	beforeEach(async () => {
		dataDir = await mkdtemp(join(tmpdir(), "kassahub-import-"));
		books = await Books.open({ dataDir });
	});
	afterEach(async () => {
		await books.close();
		await rm(dataDir, { recursive: true });
	});
	const options = { source: "hub", countsStock: false, at: "2026-11-23T09:00:00.000+01:00" };

	test("of the demo assortment goes in whole, and a second time changes nothing", async () => {
		const bytes = readFileSync(join(import.meta.dirname, "assortment.csv"));
		const first = await importCatalogue(books, bytes, { ...options, countsStock: true });
		expect(first.faults).toEqual([]);
		expect(first.changed).toBeGreaterThan(250);
		const { number } = books.head();
		expect(number).toBe(first.changed + first.counted);
		const second = await importCatalogue(books, bytes, options);
		expect(second).toMatchObject({ changed: 0, unchanged: first.changed });
		expect(books.head().number).toBe(number);
		expect((await books.level("4002"))?.here.quantity).toBe(64_500);
	});

	test("leaves a field as it was where the file has no column for it, and empties one that is left empty", async () => {
		const lines = `sku,name,group,unit,price,vatRate,nameEn,supplier\n1,A,g,pcs,1,9,Ay,S\n`;
		await importCatalogue(books, bytesOf(lines), options);
		await importCatalogue(books, bytesOf("sku,name,group,unit,price,vatRate,supplier\n1,A,g,pcs,2,9,\n"), options);
		expect(await books.product("1")).toEqual({
			sku: "1",
			name: "A",
			nameEn: "Ay",
			group: "g",
			unit: "pcs",
			unitPrice: 200,
			vatRate: 900,
		});
	});
});
