import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";

/** A source file as the house rules look at it. */
export type Source = {
	/** From the root of the project, with forward slashes. */
	path: string;
	lines: number;
	/** What its import and export-from statements, import() and import types name, as written. */
	imports: string[];
	/** Its other string literals that name a source file: a worker's or a child process's script. */
	references: string[];
	comments: string[];
	/** How often it says `any`. */
	anys: number;
	/** Its calls like test.only or describe.skip, as written. */
	setAside: string[];
};

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);

/** All source files of the project under `root`; stylesheets and pages come without imports. */
export function readSources(root: string): Source[] {
	const skipped = new Set(["node_modules", "dist", ".git", "artefacts"]);
	return globSync("**/*.{ts,tsx,js,css,html}", {
		cwd: root,
		withFileTypes: true,
		exclude: (entry) => skipped.has(entry.name) || (entry.name === "data" && entry.parentPath === root),
	})
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort()
		.map((file) => readSource(file.slice(root.length + 1), readFileSync(file, "utf8")));
}

/** Throws with the parser's words where `text` is no TypeScript. */
export function readSource(path: string, text: string): Source {
	const source: Source = {
		path,
		lines: text.replace(/\n$/, "").split("\n").length,
		imports: [],
		references: [],
		comments: [],
		anys: 0,
		setAside: [],
	};
	if (path.endsWith(".html")) {
		source.references = [...text.matchAll(/\b(?:src|href)="([^"]+\.(?:tsx?|css))"/g)].map(([, file]) => `${file}`);
	}
	if (!/\.(tsx?|js)$/.test(path)) return source;
	const { program, comments, errors } = parseSync(path, text);
	if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
	source.comments = comments.map((comment) => comment.value);
	visit(program as unknown as Tree, source);
	return source;
}

type Tree = { type: string } & Record<string, unknown>;

const isTree = (value: unknown): value is Tree =>
	typeof value === "object" && value !== null && typeof (value as Tree).type === "string";

const textOf = (value: unknown): string | undefined =>
	isTree(value) && value.type === "Literal" && typeof value.value === "string" ? value.value : undefined;

function visit(tree: Tree, source: Source): void {
	if (tree.type === "TSAnyKeyword") source.anys++;
	const aside = tree.type === "MemberExpression" ? setAside(tree) : undefined;
	if (aside) source.setAside.push(aside);
	const imported = /^(Import(Declaration|Expression)|Export(Named|All)Declaration|TSImportType)$/.test(tree.type)
		? textOf(tree.source)
		: undefined;
	if (imported !== undefined) source.imports.push(imported);
	for (const [name, value] of Object.entries(tree)) {
		if (imported !== undefined && name === "source") continue;
		for (const inner of Array.isArray(value) ? value : [value]) {
			const text = textOf(inner);
			if (text !== undefined && /^[\w@./-]+\.(tsx?|js|css)$/.test(text)) source.references.push(text);
			else if (isTree(inner)) visit(inner, source);
		}
	}
}

function setAside(tree: Tree): string | undefined {
	const name = (tree.property as { name?: string }).name ?? "";
	if (!/^(only|skip|todo|skipIf|runIf|fails)$/.test(name)) return;
	let object = tree.object as Tree;
	while (object.type === "MemberExpression" || object.type === "CallExpression") {
		object = (object.object ?? object.callee) as Tree;
	}
	const root = (object as { name?: string }).name ?? "";
	return /^(test|it|describe|suite)$/.test(root) ? `${root}.${name}` : undefined;
}
