import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrinterOnCable } from "../../emulators/printer-on-cable.ts";
import type { SerialSettings } from "../../links/link.ts";
import { openSerial } from "../../links/serial.ts";
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
