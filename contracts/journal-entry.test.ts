import { createHash } from "node:crypto";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonical.ts";
import { type EntryHeader, entryLine, GENESIS_HASH, hashEntry, JournalEntry } from "./journal-entry.ts";
import { sale } from "./sale.ts";

const isEntry = Compile(JournalEntry);
const box = "0199aaaa-0000-4000-8000-000000000001";
const header: EntryHeader = {
	number: 1,
	id: sale.example.id,
	kind: "sale",
	source: "register:kassa-1",
	at: "2026-11-23T10:15:00.120+01:00",
	clock: "synchronised",
};

test("a hash is what anyone computes from the rule in words", () => {
	const whole = canonicalJson({ ...header, box, v: 1, payload: sale.example });
	const byRule = createHash("sha256").update(`${GENESIS_HASH}\n${whole}`).digest("hex");
	expect(hashEntry(box, header, canonicalJson(sale.example), GENESIS_HASH)).toBe(byRule);
});

test("any other content, place, box or history has another hash", () => {
	const payload = canonicalJson(sale.example);
	const hash = hashEntry(box, header, payload, GENESIS_HASH);
	const others = [
		hashEntry(box.replace("1", "2"), header, payload, GENESIS_HASH),
		hashEntry(box, header, payload.replace("374", "375"), GENESIS_HASH),
		hashEntry(box, header, payload, hash),
		...(["number", "id", "kind", "source", "at", "clock"] as const).map((key) =>
			hashEntry(box, { ...header, [key]: key === "number" ? 2 : "other" }, payload, GENESIS_HASH),
		),
	];
	expect(new Set([hash, ...others]).size).toBe(others.length + 1);
});

test("a line of an export is the entry, and the payload in it is byte for byte what was hashed", () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			const payload = canonicalJson(value);
			const hash = hashEntry(box, header, payload, GENESIS_HASH);
			const line = entryLine(header, payload, GENESIS_HASH, hash);
			expect(line).not.toContain("\n");
			const entry: unknown = JSON.parse(line);
			if (!isEntry.Check(entry)) throw new Error(line);
			expect(hashEntry(box, entry, canonicalJson(entry.payload), entry.previousHash)).toBe(entry.hash);
		}),
	);
});
