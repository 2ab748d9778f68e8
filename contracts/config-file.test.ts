import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { type ConfigFault, type ConfigFile, ConfigInvalid, faultWords, readConfig } from "./config-file.ts";

const shop = "shop: { id: vijzel, name: De Vijzel }\n";

function wholeFaults(text: string): ConfigFault[] {
	try {
		readConfig(text);
	} catch (error) {
		if (error instanceof ConfigInvalid) return error.faults;
		throw error;
	}
	throw new Error("expected it to be refused");
}

const refusedIn = ({ refused }: ConfigFile, name: string) => refused.find((device) => device.name === name)?.faults;

test("a shop with a printer is read", () => {
	const { config, refused, nameless } = readConfig(`${shop}devices:
  bonprinter: { driver: escpos, link: "tcp://127.0.0.1:9100", registers: [kassa-1] }
`);
	expect(config.devices?.bonprinter?.registers).toEqual(["kassa-1"]);
	expect([refused, nameless]).toEqual([[], []]);
});

test("`devices:` with nothing under it is a shop without devices", () => {
	expect(readConfig(`${shop}devices:\n`).config.devices).toEqual({});
});

test("mistakes in the shop stop the file, each with its line, field and remedy", () => {
	const faults = wholeFaults(`shop:
  id: De Vijzel
  name: 12
  adres: Dorpsstraat 1
clout: {}
`);
	expect(faults.map(({ line, field }) => [line, field])).toEqual(
		expect.arrayContaining([
			[2, "shop.id"],
			[3, "shop.name"],
			[4, "shop.adres"],
			[5, "clout"],
		]),
	);
	const words = faults.map(faultWords).join("\n");
	expect(words).toContain("line 3, shop.name: must be text of 48 characters at most. Put it in quotes.");
	expect(words).toContain("Did you mean address?");
	expect(words).toContain("Did you mean cloud?");
});

test.each([
	["broken YAML", "shop:\n  id: x\n name: y\n", 3],
	["a name that stands twice in the shop", "shop:\n  id: x\n  name: y\n  id: z\n", 4],
	["devices that are a list", `${shop}devices:\n  - driver: escpos\n`, 2],
	["an empty file", "", 1],
	["a list", "- a\n", 1],
	["an alias that leads nowhere", "shop: *nowhere\n", 1],
	["aliases that would fill the memory", bomb(), 1],
])("%s stops the file, with the line", (_, text, line) => {
	expect(wholeFaults(text)[0]).toMatchObject({ line, remedy: expect.stringMatching(/./) });
});

function bomb(): string {
	const levels = Array.from({ length: 9 }, (_, index) => {
		const before = index === 0 ? "x" : `*a${index - 1}`;
		return `a${index}: &a${index} [${Array(9).fill(before).join(", ")}]`;
	});
	return `${shop}${levels.join("\n")}\n`;
}

test("a mistake in one device stays with that device", () => {
	const file = readConfig(`${shop}devices:
  bonprinter:
    driver: escpos
    lnik: tcp://127.0.0.1:9100
    receipts: sometimes
  leeg:
  half: { driver: escpos }
  weegschaal: { driver: toledo8217, link: "serial:///dev/ttyUSB0" }
`);
	expect(Object.keys(file.config.devices ?? {})).toEqual(["weegschaal"]);
	expect(file.refused.map(({ name, driver, link }) => [name, driver, link])).toEqual([
		["bonprinter", "escpos", ""],
		["leeg", "unknown", ""],
		["half", "escpos", ""],
	]);
	expect(refusedIn(file, "bonprinter")?.map(faultWords)).toEqual([
		"line 5, devices.bonprinter.lnik: is not a setting. Did you mean link?",
		expect.stringMatching(/^line 6, devices\.bonprinter\.receipts: must be one of: always, on-request\. /),
	]);
	expect(refusedIn(file, "half")?.map(faultWords)).toEqual([
		expect.stringMatching(/^line 8, devices\.half\.link: is missing\. Add it\. /),
	]);
	expect(refusedIn(file, "leeg")).toEqual([expect.objectContaining({ line: 7, message: "has no value" })]);
});

test("a device, or a field of one, that stands twice is refused with both lines; the others go on", () => {
	const file = readConfig(`${shop}devices:
  een: { driver: escpos, link: "tcp://a" }
  twee:
    driver: escpos
    link: tcp://b
    link: tcp://c
  een: { driver: escpos, link: "tcp://d" }
  eender: { driver: escpos, link: "tcp://e" }
`);
	expect(Object.keys(file.config.devices ?? {})).toEqual(["eender"]);
	expect(refusedIn(file, "een")).toEqual([
		expect.objectContaining({ line: 8, message: "stands here twice, first on line 3" }),
	]);
	expect(refusedIn(file, "twee")).toEqual([
		expect.objectContaining({ line: 7, field: "devices.twee.link", message: "stands here twice, first on line 6" }),
	]);
});

test("a name that no topic could carry, and the bridge's own, are named with a better one", () => {
	const { config, nameless } = readConfig(`${shop}devices:
  Bon Printer: { driver: escpos, link: "tcp://a" }
  bridge: { driver: escpos, link: "tcp://b" }
`);
	expect(config.devices).toEqual({});
	expect(nameless.map(faultWords)).toEqual([
		expect.stringMatching(/^line 3, devices\.Bon Printer: is no name for a device\. .* such as bon-printer\.$/),
		expect.stringMatching(/^line 4, devices\.bridge: is the name of the bridge itself\. /),
	]);
});

test("no fault repeats a value, which may be a secret", () => {
	const { refused } = readConfig(`${shop}devices: { a: { driver: [geheim], link: geheim, receipts: geheim } }\n`);
	expect(JSON.stringify(refused[0]?.faults)).not.toContain("geheim");
});

test("any text at all is read, or refused with a line and a remedy", () => {
	const yamlish = fc.oneof(
		fc.string(),
		fc
			.array(
				fc.constantFrom("shop:", "devices:", "  a:", "    driver: x", "\t", "&a", "*a", "? ", "- ", "{", "]", "<<: "),
			)
			.map((lines) => lines.join("\n")),
		fc.jsonValue().map((value) => stringify({ shop: { id: "x", name: "y" }, devices: value })),
		fc
			.dictionary(fc.string(), fc.jsonValue())
			.map((value) => JSON.stringify({ shop: { id: "x", name: "y" }, devices: value })),
	);
	fc.assert(
		fc.property(yamlish, (text) => {
			let faults: ConfigFault[];
			try {
				const { refused, nameless } = readConfig(text);
				faults = [...nameless, ...refused.flatMap((device) => device.faults)];
			} catch (error) {
				if (!(error instanceof ConfigInvalid)) throw error;
				faults = error.faults;
				expect(faults).not.toEqual([]);
			}
			for (const { line, message, remedy } of faults) {
				expect(line).toBeGreaterThan(0);
				expect([message, remedy]).not.toContain("");
			}
		}),
		{ numRuns: 1000 },
	);
});
