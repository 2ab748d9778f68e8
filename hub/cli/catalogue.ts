import { readFileSync } from "node:fs";
import type { ImportReport } from "@kassahub/contracts/import-report.ts";
import { CsvInvalid } from "../catalogue/file.ts";
import { importCatalogue } from "../catalogue/import.ts";
import { systemClock } from "../clock.ts";
import { type CliCommand, CliFault, print, say } from "./command.ts";
import { withBooks } from "./data.ts";
import { RunningHub } from "./running-hub.ts";

export const catalogueImport: CliCommand = {
	words: "catalogue import",
	summary: "Bring products from a CSV file into the catalogue; good lines go in, the others are named",
	operands: ["file"],
	options: { stock: { type: "boolean", description: "Also book the column `stock` as counted" } },
	async run({ operands: [file = ""], options }) {
		const bytes = readBytes(file);
		const countsStock = options.stock === true;
		const hub = await RunningHub.find();
		const report = hub
			? await hub.ask<ImportReport>("POST", `/catalogue/import?stock=${countsStock}`, {
					type: "text/csv",
					content: bytes,
				})
			: await importWithoutHub(bytes, countsStock);
		for (const { line, field, message, remedy } of report.faults) {
			say(`${file}:${line}${field ? ` ${field}` : ""}: ${message}. ${remedy}`);
		}
		const { changed, unchanged, counted, faults } = report;
		say(`${changed} new or changed, ${unchanged} unchanged, ${counted} counted, ${faults.length} mistakes.`);
		print(report);
		return faults.length === 0 ? 0 : 1;
	},
};

function importWithoutHub(bytes: Uint8Array, countsStock: boolean): Promise<ImportReport> {
	return withBooks((books) =>
		importCatalogue(books, bytes, { source: "hub", countsStock, at: systemClock.now().at }),
	).catch((error: unknown) => {
		if (error instanceof CsvInvalid) throw new CliFault(`${error.code}: ${error.message}.`);
		throw error;
	});
}

function readBytes(file: string): Uint8Array<ArrayBuffer> {
	try {
		return new Uint8Array(readFileSync(file));
	} catch (error) {
		throw new CliFault(`${file} cannot be read: ${(error as Error).message}`);
	}
}
