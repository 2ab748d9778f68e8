import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { yamlOf } from "./yaml.ts";

test("an entry reads as people write it", () => {
	const entry = { driver: "escpos", link: "tcp://192.168.1.50:9100", settings: { columns: 42 } };
	expect(yamlOf("bonprinter", entry)).toBe(
		'  bonprinter:\n    driver: escpos\n    link: tcp://192.168.1.50:9100\n    settings: {"columns":42}\n',
	);
});

test("whatever is found, its entry means in devices.yaml what was found", () => {
	const texts = fc.oneof(fc.string(), fc.constantFrom("yes", "null", "1e3", "a: b", "# x", "usb://04b8:0202", "~", ""));
	fc.assert(
		fc.property(texts, texts, fc.jsonValue(), (driver, link, setting) => {
			const entry = { driver, link, settings: { setting } };
			expect(parse(`devices:\n${yamlOf("gevonden", entry)}`)).toEqual({
				devices: { gevonden: JSON.parse(JSON.stringify(entry)) },
			});
		}),
	);
});
