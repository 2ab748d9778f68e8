import { Compile } from "typebox/compile";
import { describe, expect, test } from "vitest";
import { asyncapi } from "./asyncapi.ts";
import { markdownTable, staleDocuments } from "./documents.ts";
import { errors } from "./errors.ts";
import { contractDocuments } from "./generate.ts";
import { messages } from "./messages.ts";

type Json = { [key: string]: unknown };
const document = JSON.parse(JSON.stringify(asyncapi())) as Json;

const at = (pointer: string): unknown =>
	pointer
		.split("/")
		.slice(1)
		.reduce<unknown>((node, key) => (node as Json | undefined)?.[key], document);

const references = (node: unknown): string[] => {
	if (node === null || typeof node !== "object") return [];
	const own = (node as Json).$ref;
	return [...(typeof own === "string" ? [own] : []), ...Object.values(node).flatMap(references)];
};

test("generated documents are fresh", () => expect(staleDocuments(contractDocuments())).toEqual([]));

test("a changed document is found stale", () => {
	const [first] = contractDocuments();
	expect(staleDocuments([{ path: first!.path, text: `${first!.text} ` }])).toEqual([first!.path]);
	expect(staleDocuments([{ path: "docs/none.md", text: "" }])).toEqual(["docs/none.md"]);
});

describe("the AsyncAPI document", () => {
	test("is AsyncAPI 3.0.0 with every message once", () => {
		expect(document.asyncapi).toBe("3.0.0");
		expect(Object.keys(document.channels as Json)).toEqual(messages.map((message) => message.name));
	});

	test("has no reference that leads nowhere", () => {
		const found = references(document);
		expect(found.length).toBeGreaterThan(messages.length * 4);
		expect(found.filter((reference) => at(reference.slice(1)) === undefined)).toEqual([]);
	});

	test("names one operation for each party that sends or hears a message", () => {
		const operations = Object.values(document.operations as Json) as { action: string; channel: { $ref: string } }[];
		expect(operations).toHaveLength(messages.reduce((count, { from, to }) => count + from.length + to.length, 0));
		for (const { action } of operations) expect(["send", "receive"]).toContain(action);
	});

	test("describes every parameter of a topic, and no other", () => {
		for (const [name, channel] of Object.entries(document.channels as Record<string, Json>)) {
			const inTopic = [...(channel.address as string).matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
			expect([name, ...Object.keys((channel.parameters as Json | undefined) ?? {})]).toEqual([name, ...inTopic]);
		}
	});

	test.for(messages.map((message) => message.name))("the example of %s passes the schema in the document", (name) => {
		const schema = at(`/components/schemas/${name}`) as Json;
		const [example] = at(`/components/messages/${name}/examples`) as { payload: unknown }[];
		expect([...Compile(schema).Errors(example!.payload)]).toEqual([]);
		expect(Compile(schema).Check({ no: "such message" })).toBe(false);
	});
});

test("every error code stands in docs/errors.md with its words", () => {
	const text = contractDocuments().find(({ path }) => path === "docs/errors.md")?.text ?? "";
	for (const [code, entry] of Object.entries(errors)) {
		for (const words of [code, entry.cause, entry.nl, entry.en, entry.remedyNl, entry.remedyEn]) {
			expect(text).toContain(words.replaceAll("|", "\\|"));
		}
	}
});

test("a bar in a cell does not break a table", () => {
	expect(markdownTable(["a"], [["x|y"]])).toBe("| a |\n| --- |\n| x\\|y |");
});
