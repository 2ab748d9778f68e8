import { EventEmitter, once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Alert } from "@kassahub/contracts/alert.ts";
import { readConfig } from "@kassahub/contracts/config-file.ts";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Alerts } from "./alerts.ts";
import { systemClock } from "./clock.ts";
import { LiveConfig } from "./live-config.ts";

const started = `shop: { id: vijzel, name: De Vijzel }
devices:
  bonprinter: { driver: escpos, link: "tcp://127.0.0.1:9100" }
`;

let file: string;
let told: EventEmitter;
let alerts: Alerts;
let config: LiveConfig;

beforeEach(() => {
	file = join(mkdtempSync(join(tmpdir(), "live-")), "devices.yaml");
	told = new EventEmitter();
	alerts = new Alerts((_message, _levels, value) => told.emit("alert", value), systemClock);
	writeFileSync(file, started);
	config = new LiveConfig(
		{ config: readConfig(started).config, configFile: file },
		{ alerts, log: pino({ level: "silent" }) },
	);
});

afterEach(() => config.close());

async function nextAlert(text: string): Promise<Alert> {
	const alert = once(told, "alert");
	writeFileSync(file, text);
	return (await alert)[0] as Alert;
}

const raised = (): string[] => alerts.list().map(({ code, detail }) => `${code} ${detail}`);

test("a broken file is told with line, field and remedy, changes nothing, and is over when it is mended", async () => {
	const alert = await nextAlert(started.replace("name: De Vijzel", "nmae: De Vijzel"));
	expect(alert).toMatchObject({ code: "CONFIG_INVALID", subject: "config", state: "raised" });
	expect(alert.detail).toContain("line 1, shop.nmae: is not a setting. Did you mean name?");
	expect(config.shop.name).toBe("De Vijzel");
	expect(Object.keys(config.devices)).toEqual(["bonprinter"]);
	expect(await nextAlert(started)).toMatchObject({ code: "CONFIG_INVALID", state: "cleared" });
	expect(raised()).toEqual([]);
});

test("the name on the receipts and the devices follow the file; what needs a restart stays, and is told", async () => {
	const alert = await nextAlert(`shop: { id: anders, name: Nieuwe naam }
mqtt: { lan: plain }
devices:
  keuken: { driver: escpos, link: "tcp://127.0.0.1:9101" }
`);
	expect(alert).toMatchObject({ code: "CONFIG_NEEDS_RESTART", state: "raised", detail: "shop.id, mqtt" });
	expect(config.shop).toEqual({ id: "vijzel", name: "Nieuwe naam" });
	expect(Object.keys(config.devices)).toEqual(["keuken"]);
	expect(await nextAlert(started)).toMatchObject({ code: "CONFIG_NEEDS_RESTART", state: "cleared" });
});

test("a device whose name no topic can carry is told, and the others are there", async () => {
	const alert = await nextAlert(`${started}  Keuken: { driver: escpos, link: "tcp://127.0.0.1:9101" }\n`);
	expect(alert).toMatchObject({ code: "CONFIG_INVALID", detail: expect.stringContaining("line 4, devices.Keuken") });
	expect(Object.keys(config.devices)).toEqual(["bonprinter"]);
});
