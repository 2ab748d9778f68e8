import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import { readConfig } from "@kassahub/contracts/config-file.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigWriter } from "./config-writer.ts";

const shipped = readFileSync(join(import.meta.dirname, "../devices.yaml"), "utf8");
const printer: DeviceConfig = { driver: "escpos", link: "tcp://192.168.1.50:9100", settings: { columns: 42 } };

function open(text = shipped): { file: string; writer: ConfigWriter; read: () => string } {
	const file = join(mkdtempSync(join(tmpdir(), "config-")), "devices.yaml");
	writeFileSync(file, text);
	return { file, writer: new ConfigWriter(file), read: () => readFileSync(file, "utf8") };
}

const comments = (text: string): string[] => (text.match(/#.*/g) ?? []).map((comment) => comment.trim());

test("a device goes into the file as it is shipped, and every word of explanation stays", async () => {
	const { writer, read } = open();
	await writer.putDevice("bonprinter", printer);
	expect(readConfig(read()).config.devices).toEqual({ bonprinter: printer });
	for (const comment of comments(shipped)) expect(comments(read())).toContain(comment);
	await writer.putShop({ name: "De Vijzel", language: "en" });
	expect(readConfig(read()).config.shop).toMatchObject({ id: "mijn-winkel", name: "De Vijzel", language: "en" });
});

test("a printer is replaced and taken away, and the others stay to the letter", async () => {
	const text = `shop: { id: a, name: A }
devices:
  # The one at the window.
  raam: { driver: escpos, link: "tcp://192.168.1.51" } # old
  bonprinter:
    driver: escpos
    link: tcp://192.168.1.50 # its address
`;
	const { writer, read } = open(text);
	await writer.putDevice("bonprinter", printer);
	expect(read()).toContain(
		'  # The one at the window.\n  raam: { driver: escpos, link: "tcp://192.168.1.51" } # old\n',
	);
	expect(await writer.removeDevice("bonprinter")).toBe(true);
	expect(await writer.removeDevice("bonprinter")).toBe(false);
	expect(Object.keys(readConfig(read()).config.devices ?? {})).toEqual(["raam"]);
});

test("what would be a mistake is refused in words, and nothing is written", async () => {
	const { writer, read } = open();
	const wrong = { driver: "escpos", link: "ftp://printer" };
	await expect(writer.putDevice("bonprinter", wrong)).rejects.toThrow(/devices\.bonprinter\.link/);
	await expect(writer.putDevice("Bon Printer", printer)).rejects.toThrow(/bon-printer/);
	await expect(writer.putDevice("bridge", printer)).rejects.toThrow(/the bridge itself/);
	await expect(writer.putShop({ name: "" })).rejects.toThrow(/shop\.name/);
	expect(read()).toBe(shipped);
});

test("a mistake in somebody's other entry is no reason to refuse this one", async () => {
	const { writer, read } = open("shop: { id: a, name: A }\ndevices:\n  oud: { driver: escpos }\n");
	await writer.putDevice("bonprinter", printer);
	expect(readConfig(read()).refused.map(({ name }) => name)).toEqual(["oud"]);
	expect(readConfig(read()).config.devices).toHaveProperty("bonprinter");
});

test("edits at once are all in the file, and the file keeps its mode", async () => {
	const { file, writer, read } = open();
	chmodSync(file, 0o640);
	const names = Array.from({ length: 20 }, (_, index) => `printer-${index}`);
	await Promise.all(names.map((name) => writer.putDevice(name, printer)));
	expect(Object.keys(readConfig(read()).config.devices ?? {})).toEqual(names);
	expect(statSync(file).mode & 0o777).toBe(0o640);
});

test("any shop's words come back as they were written", async () => {
	const words = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" });
	const property = fc.asyncProperty(words, fc.array(words, { maxLength: 4 }), async (name, address) => {
		const { writer, read } = open();
		await writer.putShop({ name, address });
		expect(readConfig(read()).config.shop).toMatchObject({ name, address });
	});
	await fc.assert(property, { numRuns: 50 });
});
