import { isTest, type Source } from "./source.ts";

const LINES_MAX = 400;
/** Names that could hold anything, and so say nothing; alone, or as what a longer name ends in. */
const empty = /^(.*-)?(utils?|helpers?|common|misc|managers?|services?)$/i;

export function emptyNames(paths: string[]): string[] {
	return paths.filter((path) => path.split("/").some((name) => empty.test(name.split(".")[0] ?? "")));
}

export function unfinishedWork(sources: Source[]): string[] {
	return sources.flatMap(({ path, comments }) =>
		comments.filter((comment) => /\b(TODO|FIXME|XXX)\b/.test(comment)).map((comment) => `${path}: ${comment.trim()}`),
	);
}

/** Where the checker is silenced: `any`, and comments that switch a check off. */
export function silencedChecks(sources: Source[]): string[] {
	return sources.flatMap(({ path, comments, anys }) => [
		...(anys > 0 ? [`${path}: any, ${anys} times`] : []),
		...comments
			.filter((comment) => /@ts-(ignore|nocheck|expect-error)\b|\bbiome-ignore\b/.test(comment))
			.map((comment) => `${path}: ${comment.trim()}`),
	]);
}

export function testsSetAside(sources: Source[]): string[] {
	return sources
		.filter(({ path }) => isTest(path))
		.flatMap(({ path, setAside }) => setAside.map((call) => `${path}: ${call}`));
}

/** Files past the limit that `tables` doesn't excuse, and excuses that are no longer needed. */
export function longFiles(sources: Source[], tables: Record<string, string>): string[] {
	const long = sources.filter(({ lines }) => lines > LINES_MAX);
	return [
		...long.filter(({ path }) => !(path in tables)).map(({ path, lines }) => `${path} has ${lines} lines`),
		...Object.keys(tables)
			.filter((table) => !long.some(({ path }) => path === table))
			.map((table) => `${table} is excused from the limit and doesn't need it`),
	];
}
