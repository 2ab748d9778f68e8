import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A document that the code knows how to write: its path from the root of the project, and its text. */
export type GeneratedDocument = { path: string; text: string };

const root = dirname(import.meta.dirname);

/** The documents whose file is not, to the byte, what the code would write now. */
export function staleDocuments(documents: readonly GeneratedDocument[]): string[] {
	return documents.filter(({ path, text }) => readText(join(root, path)) !== text).map(({ path }) => path);
}

/** Writes the documents, or with `--check` names the stale ones. Returns the exit code for the process. */
export function generate(documents: readonly GeneratedDocument[], words: readonly string[]): number {
	const stale = staleDocuments(documents);
	if (words.includes("--check")) {
		for (const path of stale) process.stderr.write(`${path} is not what the code says: run npm run generate\n`);
		return stale.length > 0 ? 1 : 0;
	}
	for (const { path, text } of documents) {
		if (!stale.includes(path)) continue;
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), text);
		process.stderr.write(`wrote ${path}\n`);
	}
	return 0;
}

/** Rows of a Markdown table; bars within cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function readText(file: string): string | undefined {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}
