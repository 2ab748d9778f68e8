import { posix } from "node:path";
import { isTest, type Source } from "./source.ts";

/** Each part is a workspace and may be on another machine than the rest: it knows the others by contracts alone. */
export const parts = ["contracts", "hub", "firmware-bridge", "cloud-relay", "cloud", "web"];

export type Manifest = {
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
	scripts?: Record<string, string>;
	bin?: Record<string, string>;
};

const folderOf = (path: string): string => path.split("/")[0] ?? "";

/** The project's own file that `name` means in `source`, whether it exists or not; nothing for a package. */
const fileOf = (source: Source, name: string): string | undefined => {
	const path = name.split("?")[0] ?? "";
	if (path.startsWith(".")) return posix.normalize(posix.join(posix.dirname(source.path), path));
	const own = /^@kassahub\/(.+)$/.exec(path);
	return own?.[1];
};

/** The package that `name` means: `typebox` for `typebox/compile`; nothing for a file or what Node brings. */
const packageOf = (name: string): string | undefined => {
	if (/^(\.|node:|@kassahub\/|virtual:|\/)/.test(name)) return;
	return name
		.split("/")
		.slice(0, name.startsWith("@") ? 2 : 1)
		.join("/");
};

export function importsAcrossParts(sources: Source[]): string[] {
	const found: string[] = [];
	for (const source of sources) {
		const part = folderOf(source.path);
		if (!parts.includes(part)) continue;
		for (const name of [...source.imports, ...source.references.filter((path) => path.startsWith("."))]) {
			const file = fileOf(source, name);
			if (file === undefined || (folderOf(file) === part && name.startsWith("."))) continue;
			if (part !== "contracts" && name.startsWith("@kassahub/contracts/")) continue;
			found.push(`${source.path} imports ${name}`);
		}
	}
	return found;
}

export function importsOfMain(sources: Source[]): string[] {
	return sources.flatMap((source) =>
		source.imports.filter((name) => /(^|\/)main\.tsx?$/.test(name)).map((name) => `${source.path} imports ${name}`),
	);
}

/** Each cycle once, as the way round: `a.ts → b.ts → a.ts`. Type imports count: they tie ideas together as well. */
export function importCycles(sources: Source[]): string[] {
	const byPath = new Map(sources.map((source) => [source.path, source]));
	const settled = new Set<string>();
	const found: string[] = [];
	const walk = (path: string, way: string[]): void => {
		const from = way.indexOf(path);
		if (from >= 0) found.push([...way.slice(from), path].join(" → "));
		const source = byPath.get(path);
		if (from >= 0 || settled.has(path) || !source) return;
		for (const name of source.imports) walk(fileOf(source, name) ?? "", [...way, path]);
		settled.add(path);
	};
	for (const path of byPath.keys()) walk(path, []);
	return found;
}

/** What starts by itself: programs, by their name or by saying how to run them, what package.json runs, tools' settings, pages. */
export function entriesOf(sources: Source[], manifests: Manifest[]): string[] {
	const commands = manifests
		.flatMap(({ scripts, bin }) => [...Object.values(scripts ?? {}), ...Object.values(bin ?? {})])
		.join(" ");
	const named = new Set(commands.match(/[\w@./-]+\.(ts|js)\b/g) ?? []);
	const isEntry = ({ path, comments }: Source): boolean =>
		named.has(path) ||
		/(^|\/)(main|generate|[\w-]+\.config)\.ts$|\.html$/.test(path) ||
		comments.some((comment) => comment.includes(`Usage: node ${path}`));
	return sources.filter(isEntry).map(({ path }) => path);
}

/** Files that no entry and no test leads to. A file that only its own test uses does nothing for anyone. */
export function deadFiles(sources: Source[], entries: string[]): string[] {
	const byPath = new Map(sources.map((source) => [source.path, source]));
	const alive = new Set<string>();
	const walk = (path: string | undefined): void => {
		const source = byPath.get(path ?? "");
		if (!source || alive.has(source.path)) return;
		alive.add(source.path);
		const own = isTest(source.path) ? source.path.replace(/(\.full)?\.test\./, ".") : undefined;
		const follow = (file: string | undefined) => file !== own && walk(file);
		for (const name of source.imports) follow(fileOf(source, name));
		for (const name of source.references) {
			// A reference may be relative to the file, to its part (a page's script) or to the project; what lies in
			// public/ is served one folder up.
			for (const folder of [posix.dirname(source.path), folderOf(source.path), "."]) {
				const file = posix.join(folder, name);
				follow(file);
				follow(posix.join(posix.dirname(file), "public", posix.basename(file)));
			}
		}
	};
	for (const path of entries) walk(path);
	for (const { path } of sources) if (isTest(path)) walk(path);
	return sources.map(({ path }) => path).filter((path) => !alive.has(path) && !path.endsWith(".d.ts"));
}

/** Packages that a part imports and doesn't declare (named with one file that does), or declares and doesn't import. */
export function strayPackages(sources: Source[], part: string, manifest: Manifest, root: Manifest): string[] {
	const declared = Object.keys(manifest.dependencies ?? {});
	const forDevelopment = Object.keys(root.devDependencies ?? {});
	const used = new Set<string>();
	const undeclared = new Map<string, string>();
	for (const source of sources.filter(({ path }) => folderOf(path) === part)) {
		const isDevelopment = /\.(test|testing|conformance|config)\.tsx?$/.test(source.path);
		for (const name of source.imports) {
			const own = /^@kassahub\/[^/]+/.exec(name)?.[0];
			const wanted = own ?? packageOf(name);
			if (wanted === undefined) continue;
			used.add(wanted);
			if (declared.includes(wanted) || (isDevelopment && forDevelopment.includes(wanted))) continue;
			if (own !== `@kassahub/${part}`) undeclared.set(wanted, source.path);
		}
	}
	return [
		...[...undeclared].map(([name, path]) => `${path} imports ${name}, which ${part}/package.json does not declare`),
		...declared
			.filter((name) => !used.has(name))
			.map((name) => `${part}/package.json declares ${name}, which nothing in ${part} imports`),
	];
}
