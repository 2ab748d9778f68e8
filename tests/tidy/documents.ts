import { posix } from "node:path";

/** A page of documentation: its path from the root, and its Markdown. */
export type Document = { path: string; text: string };

/** What a page tells a reader to run, where package.json has no such script. */
export function unknownCommands(documents: Document[], scripts: string[]): string[] {
	const found: string[] = [];
	for (const { path, text } of documents) {
		for (const [, flags, name] of text.matchAll(/\bnpm run((?: -[\w=-]+)*) ([a-z][\w:-]*)/g)) {
			// Another part's own scripts are that part's affair.
			if (!flags?.includes("workspace") && name && !scripts.includes(name)) found.push(`${path}: npm run ${name}`);
		}
		for (const [, name] of text.matchAll(/\bnpm (start|test)\b/g)) {
			if (name && !scripts.includes(name)) found.push(`${path}: npm ${name}`);
		}
	}
	return found;
}

/** Links to files of the project that are not there. `exists` is asked with a path from the root. */
export function brokenLinks(documents: Document[], exists: (path: string) => boolean): string[] {
	return documents.flatMap(({ path, text }) =>
		[...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
			.map(([, link]) => link ?? "")
			.filter((link) => !/^[a-z]+:/.test(link))
			.filter((link) => !exists(posix.normalize(posix.join(posix.dirname(path), link))))
			.map((link) => `${path}: ${link}`),
	);
}
