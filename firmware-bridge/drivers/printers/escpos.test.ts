import { startPrinter } from "../../emulators/escpos.ts";
import { escpos } from "./escpos.ts";
import { conformPrinter } from "./printers.conformance.ts";

conformPrinter(escpos, { columns: 48, drawerPin: 2, answerMs: 500, confirmMs: 3000 }, (options) =>
	startPrinter({ port: 0, ...options }),
);
