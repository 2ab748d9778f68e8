import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@kassahub/contracts/command.ts";
import { PNG } from "pngjs";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { paperText } from "../../emulators/paper.ts";
import type { PrinterOptions } from "../../emulators/printer-body.ts";
import { PrinterOnUsb } from "../../emulators/printer-on-usb.ts";
import { linkOver } from "../../links/usb.ts";
import { converse } from "../connected.testing.ts";
import { jobOnPaper } from "../witness.ts";
import { escpos } from "./escpos.ts";
import { receipt, settings } from "./receipt.testing.ts";

async function start(options: PrinterOptions = {}, change: Record<string, unknown> = {}) {
	const printer = new PrinterOnUsb(options);
	const link = await linkOver(printer.plug(), () => undefined);
	const connected = await converse(escpos, link, { ...settings, ...change });
	const perform = (action: object) =>
		connected.session.perform({ id: uuidv7(), at: new Date().toISOString(), ...action } as Command, jobOnPaper());
	return { printer, perform, ...connected };
}

test("a printer says who it is, and how it is told with it", async () => {
	const { witness, link } = await start();
	expect(witness.conditions.at(-1)).toEqual({
		state: "online",
		paper: "ok",
		cover: "closed",
		drawer: "low",
		model: "EPSON TM-T20III",
		firmware: "1.06 ESC/POS",
		serialNumber: "X6MB012345",
	});
	await link.close();
});

test("one that says nothing of itself is known by what the bus says, and prints", async () => {
	const { witness, perform, printer, link } = await start({ model: { identity: undefined } });
	expect(witness.conditions.at(-1)).toMatchObject({ model: "EPSON TM-T20III", serialNumber: "X6MB012345" });
	expect(witness.conditions.at(-1)).not.toHaveProperty("firmware");
	expect(await perform({ action: "print-text", lines: ["dag"] })).toEqual({ status: "done" });
	expect(paperText(printer.lastPaper)).toBe("dag\n[partial cut]\n");
	await link.close();
});

test("words of itself that are no words are left out", async () => {
	const identity = { maker: "\u0001\u0002", name: ` TM${"x".repeat(80)}`, firmware: "", serialNumber: "7" };
	const { witness, link } = await start({ model: { identity } });
	expect(witness.conditions.at(-1)?.model).toBe(`TM${"x".repeat(46)}`);
	await link.close();
});

test.each([
	["high", "low", false],
	["high", "high", true],
	["low", "low", true],
	["low", "high", false],
] as const)(
	"a drawer that is open when its pin is %s, and is %s: open is %s",
	async (drawerOpen, drawerPin, isOpen) => {
		const { printer, witness, link } = await start({}, { drawerOpen });
		printer.set({ drawerPin });
		expect(await witness.untilCondition(({ drawer }) => drawer === drawerPin)).toMatchObject({ drawerIsOpen: isOpen });
		await link.close();
	},
);

test("the logo stands above a receipt, and above nothing else", async () => {
	const png = new PNG({ width: 64, height: 32 });
	const logoFile = join(mkdtempSync(join(tmpdir(), "logo-")), "logo.png");
	writeFileSync(logoFile, PNG.sync.write(png));
	const { printer, perform, link } = await start({}, { logoFile });
	expect(await perform({ action: "print", receipt, openDrawer: true })).toEqual({ status: "done" });
	expect(paperText(printer.lastPaper)).toMatch(/^\[raster 64x32\]\n+ *Kaashuis De Brink/);
	expect(await perform({ action: "print-text", lines: ["dag"] })).toEqual({ status: "done" });
	expect(paperText(printer.lastPaper)).toBe("dag\n[partial cut]\n");
	await link.close();
});

test("a logo that is not there keeps the printer out of use, with its reason", async () => {
	await expect(start({}, { logoFile: "/there/is/no/logo.png" })).rejects.toMatchObject({
		code: "DEVICE_CONFIG_INVALID",
		detail: expect.stringContaining("/there/is/no/logo.png"),
	});
});
