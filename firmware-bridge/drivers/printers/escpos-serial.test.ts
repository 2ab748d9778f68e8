import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@kassahub/contracts/command.ts";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import type { PrinterOptions } from "../../emulators/printer-body.ts";
import { PrinterOnCable } from "../../emulators/printer-on-cable.ts";
import type { SerialSettings } from "../../links/link.ts";
import { openSerial } from "../../links/serial.ts";
import { type Connected, converse } from "../connected.testing.ts";
import { jobOnPaper } from "../witness.ts";
import { escpos } from "./escpos.ts";
import { conformPrinter } from "./printers.conformance.ts";
import { settings } from "./receipt.testing.ts";

const line: SerialSettings = { baudRate: 38_400, dataBits: 8, parity: "none", stopBits: 1, flow: "software" };

conformPrinter(escpos, "a serial cable with XON and XOFF", settings, async (options) => {
	const path = join(mkdtempSync(join(tmpdir(), "printer-")), "port");
	const printer = new PrinterOnCable({ path, saysXoff: true, ...options });
	await printer.plugIn();
	return {
		printer,
		open: () => openSerial(path, line, () => undefined),
		pull: () => printer.unplug(),
		restore: () => printer.plugIn(),
		close: () => printer.unplug(),
	};
});

/** A printer that is slow, on a port that heeds its XOFF. */
async function startSlow(options: PrinterOptions): Promise<Connected<"bytes"> & { printer: PrinterOnCable }> {
	const path = join(mkdtempSync(join(tmpdir(), "printer-")), "port");
	const printer = new PrinterOnCable({ path, saysXoff: true, ...options });
	await printer.plugIn();
	return { printer, ...(await converse(escpos, await openSerial(path, line, () => undefined), settings)) };
}

const order = (action: object): Command => ({ id: uuidv7(), at: new Date().toISOString(), ...action }) as Command;
const textOf = (count: number): Command => {
	const lines = Array.from({ length: count }, (_, index) => `regel ${index} `.padEnd(46, "."));
	return order({ action: "print-text", lines });
};

test("a printer that is full again and again gets a long job whole", async () => {
	const { printer, session, link } = await startSlow({ msPerLine: 10 });
	expect(await session.perform(textOf(160), jobOnPaper())).toEqual({ status: "done" });
	expect(printer.timesFull).toBeGreaterThan(0);
	expect(printer.lastPaper.marks.filter((mark) => mark.kind === "line")).toHaveLength(160);
	await link.close();
	await printer.unplug();
});

test("a full printer without paper takes no more commands: the drawer is not said to be open, and the job is whole afterwards", async () => {
	const { printer, session, witness, link } = await startSlow({});
	printer.set({ paperOutAfterLines: 5 });
	const printing = session.perform(textOf(80), jobOnPaper());
	await witness.untilCondition(({ fault }) => fault?.code === "PRINTER_PAPER_OUT");
	while (printer.timesFull === 0) await once(printer, "full");
	expect(await session.perform(order({ action: "open-drawer" }), jobOnPaper())).toMatchObject({
		status: "unknown",
		fault: { code: "DEVICE_UNREACHABLE", detail: expect.stringContaining("takes no data") },
	});
	expect(printer.drawerPulses).toBe(0);
	printer.set({ paper: "ok" });
	expect(await printing).toEqual({ status: "done" });
	expect(printer.lastPaper.marks.filter((mark) => mark.kind === "line")).toHaveLength(80);
	await link.close();
	await printer.unplug();
});

test("a full printer that cannot tell why is given up, and its job is unknown", async () => {
	const { printer, session, watching, link } = await startSlow({ model: { knowsStatusBack: false } });
	printer.set({ paperOutAfterLines: 5 });
	const printing = session.perform(textOf(80), jobOnPaper());
	await expect(watching).rejects.toMatchObject({ detail: expect.stringContaining("takes no data") });
	await link.close();
	expect(await printing).toMatchObject({ status: "unknown", fault: { code: "PRINT_UNCONFIRMED" } });
	await printer.unplug();
});
