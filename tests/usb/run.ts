import { haveFailed } from "./checks.ts";
import { checkPrinter } from "./printer.ts";
import { checkScale } from "./scale.ts";
import { checkScanner } from "./scanner.ts";

/** What runs in the guest: every check of the bridge on a USB that the kernel plays. Ends the process. */
export async function run(): Promise<never> {
	await checkPrinter();
	await checkScale();
	await checkScanner();
	process.exit(haveFailed() ? 1 : 0);
}
