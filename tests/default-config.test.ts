import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../contracts/config-file.ts";
import { planDevices } from "../firmware-bridge/config.ts";
import { drivers } from "../firmware-bridge/drivers/index.ts";

const text = readFileSync(join(dirname(import.meta.dirname), "devices.yaml"), "utf8");

test("a first start finds a shop without devices", () => {
	expect(readConfig(text).config).toEqual({ shop: { id: "mijn-winkel", name: "Mijn winkel", language: "nl" } });
});

const { config, ...rest } = readConfig(text.replace(/^( *)# ( *(?!yaml-)(?:[\w-]+:|- ).*)$/gm, "$1$2"));

test("every example in devices.yaml is valid once its # is taken away", () => {
	expect(Object.keys(config)).toEqual(["shop", "mqtt", "cloud", "devices"]);
	expect(Object.keys(config.shop)).toEqual(["id", "name", "language", "address", "vatNumber", "footer"]);
	const plans = planDevices({ config, ...rest }, { drivers, folder: "/" });
	expect(plans.flatMap((plan) => ("fault" in plan ? [plan.fault.detail] : []))).toEqual([]);
});

test("there is an example of every kind of device that can be driven", () => {
	const kinds = Object.values(config.devices ?? {}).map(
		({ driver }) => drivers.find(({ name }) => name === driver)?.class,
	);
	expect(kinds.sort()).toEqual([...new Set(drivers.map((driver) => driver.class))].sort());
});
