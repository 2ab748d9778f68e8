import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@kassahub/contracts/config-file.ts";
import { Type } from "typebox";
import { expect, test } from "vitest";
import { type DevicePlan, planDevices } from "./config.ts";
import type { Driver } from "./drivers/driver.ts";
import { drivers } from "./drivers/index.ts";

function plan(devices: string, folder = "/etc/kassahub", known: readonly Driver[] = drivers): DevicePlan[] {
	return planDevices(readConfig(`shop: { id: winkel, name: Winkel }\n${devices}`), { drivers: known, folder });
}

const detailOf = (planned: DevicePlan | undefined): string | undefined =>
	planned && "fault" in planned ? planned.fault.detail : undefined;

test("settings that are left out are the driver's own", () => {
	expect(plan('devices: { bon: { driver: escpos, link: "tcp://printer", settings: { columns: 42 } } }')).toMatchObject([
		{ name: "bon", address: { port: 9100 }, settings: { columns: 42, drawerPin: 2, answerMs: 2000 } },
	]);
	expect(plan("")).toEqual([]);
});

test.each([
	["driver: escpoz, link: 'tcp://x'", "line 3, devices.a.driver: there is no driver escpoz. Did you mean escpos?"],
	["driver: telex, link: 'tcp://x'", /^line 3, devices\.a\.driver: there is no driver telex\. There are: escpos, /],
	[
		"driver: escpos, link: 'evdev:///dev/input/x'",
		/^line 3, devices\.a\.link: is evdev:\/\/, by which no escpos is reached\. Write tcp:\/\/192\.168\.1\.50:9100, or serial:/,
	],
	[
		"driver: toledo8217, link: 'http://x'",
		/Write serial:\/\/\/dev\/serial\/by-id\/[^?]*, or tcp:\/\/192\.168\.1\.50:4001\.$/,
	],
	["driver: toledo8217, link: 'serial:///dev/x?baud=fast'", /^line 3, devices\.a\.link: .*baud=fast/],
	["driver: toledo8217, link: 'serial:///dev/%zz'", /^line 3, devices\.a\.link: /],
	[
		"driver: escpos, link: 'tcp://x', settings: { colums: 42 }",
		"line 3, devices.a.settings.colums: is not a setting. Did you mean columns?",
	],
	[
		"driver: escpos, link: 'tcp://x', settings: { columns: 40 }",
		/^line 3, devices\.a\.settings\.columns: must be one of: 48, 42, 32\. .* Left out, it is 48\.$/,
	],
	[
		"driver: toledo8217, link: 'serial:///dev/x', settings: { pollMs: 1 }",
		/^line 3, devices\.a\.settings\.pollMs: must be a whole number from 50 to 5000\. /,
	],
])("{ %s } is a fault of that device, with line, field and remedy", (entry, words) => {
	const [wrong, right] = plan(`devices:\n  a: { ${entry} }\n  b: { driver: escpos, link: "tcp://y" }\n`);
	expect(wrong).toMatchObject({ fault: { code: "DEVICE_CONFIG_INVALID" } });
	expect(detailOf(wrong)).toEqual(typeof words === "string" ? words : expect.stringMatching(words));
	expect(right).not.toHaveProperty("fault");
});

test("an entry that the contract refuses is a device too, offline with every mistake", () => {
	const [wrong] = plan("devices:\n  a:\n    driver: escpos\n    lnik: tcp://x\n    receipts: sometimes\n");
	expect(wrong).toMatchObject({ name: "a", driverName: "escpos", link: "", driver: { class: "printer" } });
	expect(detailOf(wrong)).toMatch(/line 5, .*line 6, /);
});

test("of two devices on one port the first is driven, however the port is written", () => {
	const folder = mkdtempSync(join(tmpdir(), "ports-"));
	writeFileSync(join(folder, "ttyUSB0"), "");
	symlinkSync(join(folder, "ttyUSB0"), join(folder, "usb-FTDI"));
	const [bon, other, scale, copy] = plan(`devices:
  bon: { driver: escpos, link: "tcp://printer" }
  nogmaals: { driver: escpos, link: "tcp://printer:9100" }
  schaal: { driver: toledo8217, link: "serial://${folder}/ttyUSB0" }
  kopie: { driver: toledo8217, link: "serial://${folder}/usb-FTDI?baud=4800" }
`);
	expect([bon, scale].map(detailOf)).toEqual([undefined, undefined]);
	expect(detailOf(other)).toMatch(/^line 4, devices\.nogmaals\.link: is the port of bon \(line 3\)\. /);
	expect(detailOf(copy)).toMatch(/^line 6, devices\.kopie\.link: is the port of schaal \(line 5\)\. /);
});

test("a file that a setting names is sought beside devices.yaml", () => {
	const [escpos] = drivers;
	const settings = Type.Object({ keyFile: Type.String() }, { additionalProperties: false });
	const secretive = { ...(escpos as Driver), name: "secretive", settings };
	const named = (keyFile: string) =>
		plan(`devices: { a: { driver: secretive, link: "tcp://x", settings: { keyFile: ${keyFile} } } }`, "/etc/shop", [
			secretive,
		]);
	expect(named("key.txt")).toMatchObject([{ settings: { keyFile: "/etc/shop/key.txt" } }]);
	expect(named("/run/key.txt")).toMatchObject([{ settings: { keyFile: "/run/key.txt" } }]);
});

test("a password in a link is refused, and stands nowhere that a register could read it", () => {
	const planned = plan('devices: { a: { driver: escpos, link: "tcp://jan:geheim@printer" } }');
	expect(planned).toMatchObject([{ link: "tcp://jan:…@printer", fault: { code: "DEVICE_CONFIG_INVALID" } }]);
	expect(JSON.stringify(planned)).not.toContain("geheim");
});
