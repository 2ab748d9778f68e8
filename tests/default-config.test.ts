import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../contracts/config-file.ts";

const text = readFileSync(join(dirname(import.meta.dirname), "devices.yaml"), "utf8");

test("a first start finds a shop without devices", () => {
	expect(readConfig(text).config).toEqual({ shop: { id: "mijn-winkel", name: "Mijn winkel", language: "nl" } });
});

test("every example in devices.yaml is valid once its # is taken away", () => {
	const config = readConfig(text.replace(/^( *)# ( *(?:[\w-]+:|- ).*)$/gm, "$1$2")).config;
	expect(Object.keys(config)).toEqual(["shop", "mqtt", "cloud", "devices"]);
	expect(Object.keys(config.shop)).toEqual(["id", "name", "language", "address", "vatNumber", "footer"]);
	expect(Object.values(config.devices ?? {}).map((device) => device.driver)).toEqual(["escpos", "toledo8217"]);
});
