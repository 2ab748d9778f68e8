import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readDevices } from "./config.ts";
import { drivers } from "./drivers/index.ts";

function read(devices: string) {
	const file = join(mkdtempSync(join(tmpdir(), "devices-")), "devices.yaml");
	writeFileSync(file, `shop: { id: winkel, name: Winkel }\n${devices}`);
	return readDevices(file, drivers);
}

test("settings that are left out are the driver's own", () => {
	expect(read('devices: { bon: { driver: escpos, link: "tcp://printer", settings: { columns: 42 } } }')).toMatchObject([
		{ name: "bon", address: { port: 9100 }, settings: { columns: 42, drawerPin: 2, answerMs: 2000 } },
	]);
	expect(read("")).toEqual([]);
});

test.each([
	["an unknown driver", "driver: telex, link: 'tcp://x'", /telex/],
	["an unknown setting", "driver: escpos, link: 'tcp://x', settings: { colour: red }", /colour/],
	["a setting out of range", "driver: toledo8217, link: 'serial:///dev/x', settings: { pollMs: 1 }", /pollMs/],
	["a wrong link", "driver: toledo8217, link: 'serial:///dev/x?baud=fast'", /baud/],
])("%s is a fault of that device, with its reason", (_, entry, reason) => {
	const [wrong, right] = read(`devices: { a: { ${entry} }, b: { driver: escpos, link: "tcp://x" } }`);
	expect(wrong).toMatchObject({ fault: { code: "DEVICE_CONFIG_INVALID", detail: expect.stringMatching(reason) } });
	expect(right).not.toHaveProperty("fault");
});

test("a file that is no configuration at all stops the bridge with the place of the mistake", () => {
	expect(() => read("devices: []")).toThrow(/devices/);
});
