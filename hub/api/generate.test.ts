import { staleDocuments } from "@kassahub/contracts/documents.ts";
import { Compile } from "typebox/compile";
import { beforeAll, describe, expect, test } from "vitest";
import { access, open } from "./access.ts";
import { hubDocuments } from "./generate.ts";

type Json = { [key: string]: unknown };

let documents: Awaited<ReturnType<typeof hubDocuments>>;
let openapi: Json;
beforeAll(async () => {
	documents = await hubDocuments();
	openapi = JSON.parse(documents[0]!.text);
});

const at = (pointer: string): unknown =>
	pointer
		.split("/")
		.slice(1)
		.reduce<unknown>((node, key) => (node as Json | undefined)?.[key.replaceAll("~1", "/")], openapi);

function* nodes(node: unknown): Generator<Json> {
	if (node === null || typeof node !== "object") return;
	yield node as Json;
	for (const member of Object.values(node)) yield* nodes(member);
}

test("generated documents are fresh", () => expect(staleDocuments(documents)).toEqual([]));

describe("the OpenAPI document", () => {
	test("has every route of the access table, and no other", () => {
		const described = Object.entries(openapi.paths as Record<string, Json>).flatMap(([path, operations]) =>
			Object.keys(operations).map(
				(method) => `${method.toUpperCase()} ${path.replace("/api/v1", "").replace(/\{(\w+)\}/g, ":$1")}`,
			),
		);
		expect(openapi.openapi).toBe("3.1.0");
		expect(described.sort()).toEqual([...Object.keys(access), ...open].sort());
	});

	test("has no reference that leads nowhere", () => {
		const references = [...nodes(openapi)].flatMap((node) => (typeof node.$ref === "string" ? [node.$ref] : []));
		expect(references.length).toBeGreaterThan(30);
		expect(references.filter((reference) => at(reference.slice(1)) === undefined)).toEqual([]);
	});

	test("says of every parameter in a path what it is, and asks for none that has a default", () => {
		for (const [path, operations] of Object.entries(openapi.paths as Record<string, Record<string, Json>>)) {
			for (const operation of Object.values(operations)) {
				const parameters = (operation.parameters ?? []) as {
					name: string;
					in: string;
					required: boolean;
					schema: Json;
				}[];
				const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
				expect([path, ...inPath]).toEqual([path, ...[...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])]);
				expect(parameters.filter(({ required, schema }) => required && "default" in schema)).toEqual([]);
			}
		}
	});

	test("has examples that pass their schemas", () => {
		const schemas = at("/components/schemas") as Record<string, Json>;
		let count = 0;
		for (const [name, schema] of Object.entries(schemas)) {
			const validator = Compile(inlined(schema) as Json);
			for (const example of (schema.examples as unknown[] | undefined) ?? []) {
				count++;
				expect([name, ...validator.Errors(example)]).toEqual([name]);
			}
			expect([name, validator.Check(4711)]).toEqual([name, false]);
		}
		expect(count).toBeGreaterThan(12);
	});
});

/** A schema with every reference written out. */
function inlined(node: unknown): unknown {
	if (node === null || typeof node !== "object") return node;
	if (Array.isArray(node)) return node.map(inlined);
	const { $ref } = node as Json;
	if (typeof $ref === "string") return inlined(at($ref.slice(1)));
	return Object.fromEntries(Object.entries(node).map(([key, member]) => [key, inlined(member)]));
}
