import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { beforeAll, expect, test } from "vitest";
import { type Manifest, parts } from "./tidy/imports.ts";

const root = join(import.meta.dirname, "..");

/** What CycloneDX 1.5 asks of a bill, and NTIA's minimum elements of each thing on it: name, version, who, hash, licence. */
const Component = Type.Object({
	"bom-ref": Type.String({ minLength: 1 }),
	type: Type.Enum(["application", "library"]),
	name: Type.String({ minLength: 1 }),
	version: Type.String({ minLength: 1 }),
	purl: Type.String({ pattern: "^pkg:npm/" }),
	licenses: Type.Array(Type.Object({}), { minItems: 1 }),
	hashes: Type.Optional(
		Type.Array(
			Type.Object({ alg: Type.String({ pattern: "^SHA-" }), content: Type.String({ pattern: "^[0-9a-f]+$" }) }),
			{
				minItems: 1,
			},
		),
	),
});
const Bill = Type.Object({
	bomFormat: Type.Literal("CycloneDX"),
	specVersion: Type.String({ pattern: "^1\\.[5-9]$" }),
	serialNumber: Type.String({ pattern: "^urn:uuid:[0-9a-f-]{36}$" }),
	version: Type.Integer({ minimum: 1 }),
	metadata: Type.Object({ timestamp: Type.String(), component: Component }),
	components: Type.Array(Component),
	dependencies: Type.Array(Type.Object({ ref: Type.String(), dependsOn: Type.Array(Type.String()) })),
});

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
const namesOf = (packages: Record<string, string> | undefined): string[] => Object.keys(packages ?? {});

let bill: Static<typeof Bill>;
beforeAll(() => {
	const text = execFileSync(process.execPath, [join(root, "scripts/sbom.js")], { encoding: "utf8" });
	bill = JSON.parse(text);
});

test("the bill of materials has the shape of CycloneDX", () => {
	expect([...Value.Errors(Bill, bill)].map(({ instancePath, message }) => `${instancePath} ${message}`)).toEqual([]);
	expect(bill.metadata.component).toMatchObject({ name: "kassahub", type: "application" });
});

test("it names every part and every package that a part needs when it runs", () => {
	const named = bill.components.map(({ name }) => name);
	const wanted = ["", ...parts].flatMap((part) => namesOf(manifestOf(part).dependencies));
	expect([...new Set(wanted)].filter((name) => !named.includes(name))).toEqual([]);
	expect(parts.filter((part) => !named.includes(`@kassahub/${part}`))).toEqual([]);
});

test("it names nothing that only builds or tests", () => {
	const needed = new Set(["", ...parts].flatMap((part) => namesOf(manifestOf(part).dependencies)));
	const forDevelopment = namesOf(manifestOf("").devDependencies).filter((name) => !needed.has(name));
	// Some of them a package of others needs as well, when it runs.
	const depended = new Set(bill.dependencies.flatMap(({ dependsOn }) => dependsOn));
	const named = bill.components.filter((one) => !depended.has(one["bom-ref"])).map(({ name }) => name);
	expect(forDevelopment.filter((name) => named.includes(name))).toEqual([]);
	expect(forDevelopment).toContain("vitest");
});

test("every package of others can be checked by its hash, and every dependency is on the bill", () => {
	const others = bill.components.filter(({ name }) => !name.startsWith("@kassahub/"));
	expect(others.filter(({ hashes }) => hashes === undefined).map(({ name }) => name)).toEqual([]);
	const known = new Set([bill.metadata.component["bom-ref"], ...bill.components.map((one) => one["bom-ref"])]);
	expect(
		bill.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]).filter((one) => !known.has(one)),
	).toEqual([]);
});
