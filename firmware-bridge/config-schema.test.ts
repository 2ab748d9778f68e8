import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigInvalid, readConfig } from "@kassahub/contracts/config-file.ts";
import Schema from "typebox/schema";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { planDevices } from "./config.ts";
import { configSchema } from "./config-schema.ts";
import { drivers } from "./drivers/index.ts";

const schema = configSchema(drivers);
const passes = (text: string): boolean => Schema.Check(schema, parse(text));

/** What the hub and the bridge think of a file. */
function isRight(text: string): boolean {
	try {
		const file = readConfig(text);
		const plans = planDevices(file, { drivers, folder: "/" });
		return file.nameless.length === 0 && plans.every((plan) => !("fault" in plan));
	} catch (error) {
		if (error instanceof ConfigInvalid) return false;
		throw error;
	}
}

const shop = "shop: { id: vijzel, name: De Vijzel }\n";
const withDevice = (entry: string, name = "a"): string => `${shop}devices: { ${name}: { ${entry} } }\n`;

test.each([
	["a shop alone", shop, true],
	["devices with nothing under it", `${shop}devices:\n`, true],
	["a printer", withDevice('driver: escpos, link: "tcp://x", registers: [kassa-1], settings: { columns: 42 }'), true],
	["a scale", withDevice('driver: toledo8217, link: "serial:///dev/x"'), true],
	["no shop", "devices: {}\n", false],
	["an unknown field", `${shop}clout: 1\n`, false],
	["an unknown driver", withDevice('driver: telex, link: "tcp://x"'), false],
	["a link of another kind", withDevice('driver: toledo8217, link: "usb://04b8:0202"'), false],
	["no link", withDevice("driver: escpos"), false],
	["another driver's setting", withDevice('driver: escpos, link: "tcp://x", settings: { pollMs: 200 }'), false],
	["a setting out of range", withDevice('driver: toledo8217, link: "tcp://x", settings: { pollMs: 1 }'), false],
	["a name that is none", withDevice('driver: escpos, link: "tcp://x"', "Bon"), false],
	["the bridge's own name", withDevice('driver: escpos, link: "tcp://x"', "bridge"), false],
])("%s: the schema says of it what the hub says", (_, text, isValid) => {
	expect([isRight(text), passes(text)]).toEqual([isValid, isValid]);
});

test("every driver is known by its name, and no setting with a default is asked for", () => {
	for (const driver of drivers) {
		const wanted = (driver.settings.required ?? []) as string[];
		const needed = wanted.filter(
			(name) => (driver.settings.properties[name] as { default?: unknown }).default === undefined,
		);
		const link = `${driver.schemes[0]}://x`;
		expect([driver.name, passes(withDevice(`driver: ${driver.name}, link: "${link}"`))]).toEqual([
			driver.name,
			needed.length === 0,
		]);
	}
});

test("the devices.yaml that comes with the hub names the schema, and passes it", () => {
	const root = join(import.meta.dirname, "..");
	const text = readFileSync(join(root, "devices.yaml"), "utf8");
	const named = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? "";
	expect(JSON.parse(readFileSync(join(root, named), "utf8"))).toEqual(JSON.parse(JSON.stringify(schema)));
	expect(passes(text)).toBe(true);
});
