import { expect, test } from "vitest";
import { ConfigInvalid, parseConfig, readSettings } from "./config.ts";

const faultsOf = (text: string) => {
	try {
		parseConfig(text);
	} catch (error) {
		if (error instanceof ConfigInvalid) return error.faults;
		throw error;
	}
	throw new Error("expected it to be refused");
};

test("a shop with a printer is read", () => {
	const config = parseConfig(`
shop: { id: vijzel, name: De Vijzel }
devices:
  bonprinter: { driver: escpos, link: "tcp://127.0.0.1:9100", registers: [kassa-1] }
`);
	expect(config.devices?.bonprinter?.registers).toEqual(["kassa-1"]);
});

test("every mistake is named with its line, field and remedy", () => {
	const faults = faultsOf(`shop:
  id: De Vijzel
  name: De Vijzel
devices:
  bonprinter:
    driver: escpos
    lnik: tcp://127.0.0.1:9100
    receipts: sometimes
`);
	expect(faults.map(({ line, field }) => ({ line, field }))).toEqual(
		expect.arrayContaining([
			{ line: 2, field: "shop.id" },
			{ line: 7, field: "devices.bonprinter.lnik" },
			{ line: 8, field: "devices.bonprinter.receipts" },
			expect.objectContaining({ field: "devices.bonprinter.link" }),
		]),
	);
	for (const fault of faults) expect(fault.remedy).not.toBe("");
});

test("broken YAML says on which line", () => {
	expect(faultsOf("shop:\n  id: x\n name: y\n")[0]?.line).toBeGreaterThan(1);
});

test("an empty file is refused, not taken for a shop without a name", () => {
	expect(faultsOf("")).not.toEqual([]);
});

test("a port that is none is refused by the name of its variable", () => {
	expect(() => readSettings({ KASSAHUB_HTTP_PORT: "http" })).toThrow("KASSAHUB_HTTP_PORT");
});
