import { PrinterOnUsb } from "../../emulators/printer-on-usb.ts";
import { linkOver } from "../../links/usb.ts";
import { escpos } from "./escpos.ts";
import { conformPrinter } from "./printers.conformance.ts";
import { settings } from "./receipt.testing.ts";

conformPrinter(escpos, "USB pipes", settings, async (options) => {
	const printer = new PrinterOnUsb(options);
	return {
		printer,
		open: () => linkOver(printer.plug(), () => undefined),
		pull: async () => printer.unplug(),
		restore: async () => undefined,
		close: () => printer.close(),
	};
});
