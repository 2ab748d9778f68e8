import { startPrinter } from "../../emulators/escpos.ts";
import { openTcp } from "../../links/tcp.ts";
import { escpos } from "./escpos.ts";
import { conformPrinter } from "./printers.conformance.ts";
import { settings } from "./receipt.testing.ts";

conformPrinter(escpos, "TCP", settings, async (options) => {
	const printer = await startPrinter({ port: 0, ...options });
	return {
		printer,
		open: () => openTcp("127.0.0.1", printer.port, () => undefined),
		pull: async () => printer.unplug(),
		restore: async () => undefined,
		close: () => printer.close(),
	};
});
