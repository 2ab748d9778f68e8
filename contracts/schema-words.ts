import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { nearest } from "./nearest.ts";

/** What is wrong with a value, in words for whoever wrote it. It never repeats the value: that may be a secret. */
export type Mistake = { path: string[]; message: string; remedy: string };

type Node = {
	type?: string;
	description?: string;
	default?: unknown;
	enum?: unknown[];
	const?: unknown;
	anyOf?: Node[];
	minimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
	maxItems?: number;
	properties?: Record<string, Node>;
};

type SchemaError = { keyword: string; schemaPath: string; instancePath: string; params: object };

const stepsOf = (pointer: string): string[] =>
	pointer
		.split("/")
		.slice(1)
		.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

const at = (root: unknown, steps: readonly string[]): unknown =>
	steps.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined | null)?.[step], root);

/** Every mistake in a value, one a field, with what the schema allows there. */
export function mistakesIn(schema: TSchema, value: unknown): Mistake[] {
	if (Value.Check(schema, value)) return [];
	const mistakes = new Map<string, Mistake>();
	const misspelt = new Set<string>();
	const note = (path: string[], words: Omit<Mistake, "path">): void => {
		const key = path.join("/");
		if (!mistakes.has(key)) mistakes.set(key, { path, ...words });
	};
	const errors = Value.Errors(schema, value) as SchemaError[];
	const choices = new Set(errors.filter(({ keyword }) => keyword === "anyOf").map(({ schemaPath }) => schemaPath));
	for (const { keyword, schemaPath, instancePath, params } of errors) {
		// What is said of each choice says less than what is said of them all.
		const isOfChoice = [...choices].some((choice) => schemaPath.startsWith(`${choice}/anyOf/`));
		if (keyword === "boolean" || isOfChoice) continue;
		const path = stepsOf(instancePath);
		const node = at(schema, stepsOf(schemaPath)) as Node;
		const { requiredProperties, additionalProperties } = params as Record<string, string[] | undefined>;
		if (keyword === "required") {
			for (const name of requiredProperties ?? []) note([...path, name], missing(node.properties?.[name]));
		} else if (keyword === "additionalProperties") {
			for (const name of additionalProperties ?? []) {
				const meant = nearest(name, Object.keys(node.properties ?? {}));
				note([...path, name], unknown(meant, node));
				if (meant) misspelt.add([...path, meant].join("/"));
			}
		} else note(path, wrong(keyword, node, at(value, path)));
	}
	// What is misspelt is not missing too.
	return [...mistakes].filter(([key]) => !misspelt.has(key)).map(([, mistake]) => mistake);
}

const missing = (node: Node | undefined): Omit<Mistake, "path"> => ({
	message: "is missing",
	remedy: node?.description ? `Add it. ${sentence(node.description)}` : "Add it.",
});

function unknown(meant: string | undefined, { properties = {} }: Node): Omit<Mistake, "path"> {
	const known = Object.keys(properties).join(", ");
	return {
		message: "is not a setting",
		remedy: meant ? `Did you mean ${meant}?` : `Remove it, or mind its spelling and indentation. There are: ${known}.`,
	};
}

function wrong(keyword: string, node: Node, value: unknown): Omit<Mistake, "path"> {
	const remedies = [
		...(node.type === "string" && /^(number|boolean)$/.test(typeof value) ? ["Put it in quotes."] : []),
		...(node.description ? [sentence(node.description)] : []),
		...(node.default === undefined ? [] : [`Left out, it is ${String(node.default)}.`]),
	];
	const message =
		value === null
			? "has no value"
			: keyword === "pattern"
				? "is not written as it must be"
				: `must be ${allowed(node)}`;
	return { message, remedy: remedies.join(" ") || `Write ${allowed(node)}.` };
}

const sentence = (words: string): string => (/[.!?…]$/.test(words) ? words : `${words}.`);

function allowed(node: Node): string {
	const choices =
		node.enum ?? (node.anyOf?.every((choice) => "const" in choice) ? node.anyOf.map(constantOf) : undefined);
	if (choices) return choices.length === 1 ? String(choices[0]) : `one of: ${choices.join(", ")}`;
	if ("const" in node) return String(node.const);
	if (node.anyOf) return node.anyOf.map(allowed).join(", or ");
	const { minimum, maximum, maxLength, maxItems } = node;
	const range =
		minimum !== undefined && maximum !== undefined
			? ` from ${minimum} to ${maximum}`
			: minimum !== undefined
				? ` of ${minimum} or more`
				: maximum !== undefined
					? ` of ${maximum} at most`
					: "";
	switch (node.type) {
		case "integer":
			return `a whole number${range}`;
		case "number":
			return `a number${range}`;
		case "boolean":
			return "true or false";
		case "array":
			return `a list${maxItems === undefined ? "" : ` of ${maxItems} at most`}`;
		case "object":
			return "fields of its own, indented under it";
		default:
			return `text${maxLength === undefined ? "" : ` of ${maxLength} characters at most`}`;
	}
}

const constantOf = (node: Node): unknown => node.const;
