import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { brokenLinks, unknownCommands } from "./tidy/documents.ts";
import {
	deadFiles,
	entriesOf,
	importCycles,
	importsAcrossParts,
	importsOfMain,
	type Manifest,
	parts,
	strayPackages,
} from "./tidy/imports.ts";
import { readSource, readSources } from "./tidy/source.ts";
import { emptyNames, longFiles, silencedChecks, testsSetAside, unfinishedWork } from "./tidy/words.ts";

const root = dirname(import.meta.dirname);
const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));

/** Files past the limit because they are one table, with what the table lists. */
const tables: Record<string, string> = {
	"contracts/errors.ts": "every error code, with its words in two languages",
};

describe("this project", () => {
	const sources = readSources(root);
	const paths = sources.map((source) => source.path);
	const manifests = ["", ...parts].map(readManifest);
	const documents = globSync(["*.md", "docs/**/*.md"], { cwd: root }).map((path) => ({
		path,
		text: readFileSync(join(root, path), "utf8"),
	}));

	test("no part imports another, except contracts", () => expect(importsAcrossParts(sources)).toEqual([]));
	test("no import goes round in a cycle", () => expect(importCycles(sources)).toEqual([]));
	test("nothing imports a main.ts", () => expect(importsOfMain(sources)).toEqual([]));
	test("no file or folder has a name that could hold anything", () => expect(emptyNames(paths)).toEqual([]));
	test("no comment promises later work", () => expect(unfinishedWork(sources)).toEqual([]));
	test("no check is silenced", () => expect(silencedChecks(sources)).toEqual([]));
	test("no test is set aside", () => expect(testsSetAside(sources)).toEqual([]));
	test("no file holds more than one idea's worth of lines", () => expect(longFiles(sources, tables)).toEqual([]));
	test("every file is used", () => expect(deadFiles(sources, entriesOf(sources, manifests))).toEqual([]));
	test.for(parts)("%s declares the packages it imports, and no others", (part) => {
		expect(strayPackages(sources, part, readManifest(part), readManifest(""))).toEqual([]);
	});
	test("every command in the documentation exists", () => {
		expect(unknownCommands(documents, Object.keys(readManifest("").scripts ?? {}))).toEqual([]);
	});
	test("every link in the documentation leads somewhere", () => {
		expect(brokenLinks(documents, (path) => existsSync(join(root, path)))).toEqual([]);
	});
});

describe("each rule finds what it forbids", () => {
	test("imports of another part, by name, by path and by import()", () => {
		const found = importsAcrossParts([
			readSource("hub/a.ts", `import "@kassahub/cloud/b.ts"; import type { C } from "../web/c.ts";`),
			readSource("cloud/b.ts", `await import("../hub/a.ts"); export * from "../contracts/money.ts";`),
			readSource("web/c.ts", `new Worker(new URL("../hub/a.ts", import.meta.url));`),
			readSource("contracts/d.ts", `export type A = import("../hub/a.ts").A; import "@kassahub/contracts/e.ts";`),
			readSource("hub/f.ts", `import "@kassahub/contracts/money.ts"; import "./a.ts"; import "fastify";`),
			readSource("tests/g.ts", `import "../hub/a.ts"; import "../cloud/b.ts";`),
		]);
		expect(found).toEqual([
			"hub/a.ts imports @kassahub/cloud/b.ts",
			"hub/a.ts imports ../web/c.ts",
			"cloud/b.ts imports ../hub/a.ts",
			"cloud/b.ts imports ../contracts/money.ts",
			"web/c.ts imports ../hub/a.ts",
			"contracts/d.ts imports ../hub/a.ts",
			"contracts/d.ts imports @kassahub/contracts/e.ts",
		]);
	});

	test("cycles, through types and through the name of the package", () => {
		const cycle = [
			readSource("contracts/a.ts", `import type { B } from "./b.ts";`),
			readSource("contracts/b.ts", `export { C } from "@kassahub/contracts/c.ts";`),
			readSource("contracts/c.ts", `import "./a.ts";`),
		];
		expect(importCycles(cycle)).toEqual(["contracts/a.ts → contracts/b.ts → contracts/c.ts → contracts/a.ts"]);
		expect(importCycles(cycle.slice(0, 2))).toEqual([]);
	});

	test("imports of a main.ts", () => {
		expect(importsOfMain([readSource("hub/a.ts", `import "./cli/main.ts"; spawn("hub/main.ts");`)])).toHaveLength(1);
	});

	test("empty names, as folder, file or ending", () => {
		const empties = ["hub/utils/a.ts", "hub/common.test.ts", "hub/device-manager.ts"];
		expect(emptyNames(empties)).toEqual(empties);
		expect(emptyNames(["web/service-worker.ts", "hub/commonality.ts"])).toEqual([]);
	});

	test("promises in comments, not in strings", () => {
		const source = readSource("hub/a.ts", `const a = "TODO";\n// FIXME: later\n/* TODO */\nexport { a };`);
		expect(unfinishedWork([source])).toHaveLength(2);
	});

	test("any and switched-off checks", () => {
		const source = readSource(
			"hub/a.ts",
			`// @ts-ignore: later\nexport const a = (b: any) => b as any; // biome-ignore x`,
		);
		expect(silencedChecks([source])).toHaveLength(3);
		expect(silencedChecks([readSource("hub/b.ts", `// any word\nexport const any = "as any";`)])).toEqual([]);
	});

	test("tests set aside, also behind other modifiers", () => {
		const text = `test.only("a"); describe.skip("b"); it.concurrent.todo("c"); test.skipIf(true)("d"); list.only();`;
		expect(testsSetAside([readSource("hub/a.test.ts", text)])).toEqual([
			"hub/a.test.ts: test.only",
			"hub/a.test.ts: describe.skip",
			"hub/a.test.ts: it.todo",
			"hub/a.test.ts: test.skipIf",
		]);
	});

	test("long files, and excuses nobody needs", () => {
		const long = readSource("hub/a.ts", "export {};\n".repeat(401));
		const full = readSource("hub/b.ts", "export {};\n".repeat(400));
		expect(longFiles([long, full], {})).toEqual(["hub/a.ts has 401 lines"]);
		expect(longFiles([long, full], { "hub/a.ts": "a table" })).toEqual([]);
		expect(longFiles([full], { "hub/b.ts": "a table" })).toHaveLength(1);
	});

	test("files that nothing but their own test uses", () => {
		const sources = [
			readSource("hub/main.ts", `import "./used.ts"; new Worker(new URL("./thread.ts", import.meta.url));`),
			readSource("hub/used.ts", `spawn("scripts/child.js");`),
			readSource("hub/thread.ts", ""),
			readSource("scripts/child.js", ""),
			readSource("scripts/setup.js", ""),
			readSource("bench/limits.ts", "/** Usage: node bench/limits.ts */"),
			readSource("web/index.html", `<script type="module" src="/register/page.tsx"></script>`),
			readSource("web/register/page.tsx", `import "./page.css"; serviceWorker.register("./sw.js");`),
			readSource("web/register/page.css", ""),
			readSource("web/register/public/sw.js", ""),
			readSource("hub/lonely.ts", ""),
			readSource("hub/lonely.test.ts", `import "./lonely.ts"; import "./stage.ts";`),
			readSource("hub/stage.ts", ""),
			readSource("hub/forgotten.ts", `import "./used.ts";`),
		];
		const entries = entriesOf(sources, [{ scripts: { prestart: "node scripts/setup.js" } }]);
		expect(deadFiles(sources, entries)).toEqual(["hub/lonely.ts", "hub/forgotten.ts"]);
	});

	test("packages undeclared, or declared in vain", () => {
		const sources = [
			readSource("hub/a.ts", `import "typebox/compile"; import "@fastify/static"; import "node:fs";`),
			readSource("hub/b.ts", `import "vitest"; import "@kassahub/contracts/sale.ts"; import "typebox";`),
			readSource("hub/b.conformance.ts", `import "vitest";`),
			readSource("hub/a.test.ts", `import "vitest"; import "leftpad";`),
		];
		const declared = { dependencies: { "@fastify/static": "1", lowdb: "1" } };
		expect(strayPackages(sources, "hub", declared, { devDependencies: { vitest: "1" } })).toEqual([
			"hub/b.ts imports typebox, which hub/package.json does not declare",
			"hub/b.ts imports vitest, which hub/package.json does not declare",
			"hub/b.ts imports @kassahub/contracts, which hub/package.json does not declare",
			"hub/a.test.ts imports leftpad, which hub/package.json does not declare",
			"hub/package.json declares lowdb, which nothing in hub imports",
		]);
	});

	test("commands that don't exist and links to nowhere", () => {
		const text =
			"`npm run -s kassahub -- pair`, `npm run demoo`, `npm test`, [a](b.md#c), [d](../e.md), [f](https://g.nl)";
		const documents = [{ path: "docs/a.md", text }];
		expect(unknownCommands(documents, ["kassahub", "test"])).toEqual(["docs/a.md: npm run demoo"]);
		expect(brokenLinks(documents, (path) => path === "docs/b.md")).toEqual(["docs/a.md: ../e.md"]);
	});
});
