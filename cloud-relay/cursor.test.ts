import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cursor } from "./cursor.ts";

const BOX = "5b2f6f0e-0c1b-4a55-9a35-6a2f4ab8f0c1";
const OTHER = "5b2f6f0e-0c1b-4a55-9a35-6a2f4ab8f0c2";
let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "kassahub-cursor-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what was kept is there after a restart, and no half file beside it", () => {
	const file = join(folder, "relay", "cursor.json");
	new Cursor(file, BOX).keep(4711);
	expect(new Cursor(file, BOX).number).toBe(4711);
	expect(readdirSync(join(folder, "relay"))).toEqual(["cursor.json"]);
});

test("another box's cursor is not this one's", () => {
	const file = join(folder, "cursor.json");
	new Cursor(file, BOX).keep(4711);
	expect(new Cursor(file, OTHER).number).toBe(0);
});

test.for(["", "{", '{"box":"x","number":3}', `{"box":"${BOX}","number":-1}`])(
	"a damaged file (%s) begins at 0",
	(text) => {
		const file = join(folder, "cursor.json");
		writeFileSync(file, text);
		expect(new Cursor(file, BOX).number).toBe(0);
	},
);
